package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.decision.DecideRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.Requests;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** A request's page for one person: what is shown to everyone, and what this person may do. */
@Component
class RequestViews {

    private final Requests requests;
    private final DecideRequest decide;
    private final Clock clock;

    RequestViews(Requests requests, DecideRequest decide, Clock clock) {
        this.requests = requests;
        this.decide = decide;
        this.clock = clock;
    }

    RequestView of(Person person, String id, boolean fromQueue) {
        RequestDetail detail = requests.find(person, id);
        return RequestView.of(detail, person, decide.objection(person, detail), fromQueue, clock.instant());
    }
}
