package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.decision.RequestDecisions;
import io.waypass.request.RequestDetail;
import io.waypass.request.Requests;
import java.time.Clock;
import org.springframework.stereotype.Component;

/** Builds a request's page for one person: the shared content, and what this person may do. */
@Component
class RequestViews {

    private final Requests requests;
    private final RequestDecisions decisions;
    private final Clock clock;

    RequestViews(Requests requests, RequestDecisions decisions, Clock clock) {
        this.requests = requests;
        this.decisions = decisions;
        this.clock = clock;
    }

    RequestView of(Person person, String id, boolean fromQueue) {
        RequestDetail detail = requests.find(person, id);
        return RequestView.of(detail, person, decisions.objection(person, detail), fromQueue, clock.instant());
    }
}
