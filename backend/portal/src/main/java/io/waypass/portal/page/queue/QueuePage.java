package io.waypass.portal.page.queue;

import io.waypass.access.Person;
import io.waypass.certificate.DaysLeft;
import io.waypass.database.Slice;
import io.waypass.portal.page.Moment;
import io.waypass.refusal.NotAllowed;
import io.waypass.request.CheckCounts;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** What waits for a decision, oldest first. */
@Controller
class QueuePage {

    record Tally(String level, int count) {}

    record Row(
            String id,
            String app,
            String namespace,
            String host,
            @Nullable String subject,
            String kind,
            String team,
            @Nullable DaysLeft daysLeft,
            Moment since,
            List<Tally> tallies) {}

    record View(
            long total, long clean, long planning, @Nullable String next, List<Row> requests) {}

    private final Requests requests;
    private final Clock clock;

    QueuePage(Requests requests, Clock clock) {
        this.requests = requests;
        this.clock = clock;
    }

    @GetMapping("/queue")
    String queue(Person person, @RequestParam Optional<String> cursor, Model model) {
        if (!person.admin()) {
            throw new NotAllowed(
                    "admin.required", "The queue is for platform admins. Your own requests are under Requests.");
        }
        Instant now = clock.instant();
        Slice<RequestSummary> slice = requests.queue(person, cursor, Slice.MAX_LIMIT);
        List<Row> rows =
                slice.items().stream().map(request -> row(request, now)).toList();
        long clean = slice.items().stream()
                .flatMap(request -> request.checks().stream())
                .filter(checks -> checks.failed() + checks.unknown() + checks.warnings() == 0)
                .count();
        long total = cursor.isEmpty() && slice.nextCursor().isEmpty()
                ? rows.size()
                : requests.count(person, RequestStatus.PENDING);
        model.addAttribute(
                "view",
                new View(
                        total,
                        clean,
                        requests.count(person, RequestStatus.PLANNING),
                        slice.nextCursor().orElse(null),
                        rows));
        return "queue/list";
    }

    private static Row row(RequestSummary request, Instant now) {
        return new Row(
                request.publicId(),
                request.app(),
                request.principal().namespace(),
                request.host(),
                request.subject().orElse(null),
                request.kind().value(),
                request.team(),
                request.notAfter().map(end -> DaysLeft.of(end, now)).orElse(null),
                Moment.of(request.requestedAt(), now),
                request.checks().map(QueuePage::tallies).orElse(List.of()));
    }

    /** Trouble, or else how many passed. */
    private static List<Tally> tallies(CheckCounts checks) {
        List<Tally> tallies = new ArrayList<>();
        add(tallies, "failed", checks.failed());
        add(tallies, "unknown", checks.unknown());
        add(tallies, "warning", checks.warnings());
        if (tallies.isEmpty()) {
            add(tallies, "passed", checks.passed());
        }
        return tallies;
    }

    private static void add(List<Tally> tallies, String level, int count) {
        if (count > 0) {
            tallies.add(new Tally(level, count));
        }
    }
}
