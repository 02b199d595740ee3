package io.waypass.portal.page.queue;

import io.waypass.access.Person;
import io.waypass.certificate.DaysLeft;
import io.waypass.database.Slice;
import io.waypass.decision.BulkApproval;
import io.waypass.plan.CheckCounts;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.RequestedIdentity;
import io.waypass.refusal.Refusal;
import io.waypass.request.QueueCounts;
import io.waypass.request.QueueFilter;
import io.waypass.request.QueueFilter.Attention;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestQueue;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The queue of requests that wait for a decision, oldest first, and the approval of several at once. */
@Controller
class QueuePage {

    record Tally(String level, int count) {}

    /** End of validity of the certificate in use, or of the proposed one if none is in use. */
    record Expiry(DaysLeft daysLeft, boolean inUse) {
        static @Nullable Expiry of(RequestSummary request, Instant now) {
            return request.identity().flatMap(identity -> of(identity, now)).orElse(null);
        }

        private static Optional<Expiry> of(RequestSubject.OfIdentity identity, Instant now) {
            return identity.inUseUntil()
                    .or(identity::notAfter)
                    .map(end -> new Expiry(
                            DaysLeft.of(end, now), identity.inUseUntil().isPresent()));
        }
    }

    record Row(
            String id,
            String title,
            String kind,
            @Nullable String team,
            Moment since,
            @Nullable RequestedIdentity identity,
            @Nullable Expiry expiry,
            List<Tally> tallies,
            int approvals,
            int needed,
            @Nullable String decidedAlone,
            @Nullable String ballot) {

        /** The same row, with the plan that the page showed when it was selected. */
        Row on(String seen) {
            return new Row(
                    id, title, kind, team, since, identity, expiry, tallies, approvals, needed, decidedAlone, seen);
        }
    }

    record Chip(String name, @Nullable Long count, @Nullable String attention, boolean chosen) {}

    record Filter(
            @Nullable String text,
            @Nullable String team,
            @Nullable String destination,
            @Nullable String kind,
            @Nullable String attention,
            List<String> teams,
            List<String> destinations,
            List<String> kinds,
            boolean narrows) {}

    record View(
            long total,
            @Nullable Long clean,
            long planning,
            @Nullable String next,
            Filter filter,
            List<Chip> chips,
            List<Row> requests) {}

    record Failure(String id, String why) {}

    record ApprovalView(
            List<Row> requests, String reason, @Nullable String wrong, List<Failure> failures, boolean done) {}

    private static final String ADMINS_ONLY = "The queue is for platform admins. Your own requests are under Requests.";

    private final Requests requests;
    private final RequestQueue queue;
    private final BulkApproval bulkApproval;
    private final Clock clock;

    QueuePage(Requests requests, RequestQueue queue, BulkApproval bulkApproval, Clock clock) {
        this.requests = requests;
        this.queue = queue;
        this.bulkApproval = bulkApproval;
        this.clock = clock;
    }

    @GetMapping("/queue")
    String queue(
            Person person,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> team,
            @RequestParam Optional<String> destination,
            @RequestParam Optional<String> kind,
            @RequestParam Optional<String> attention,
            @RequestParam Optional<String> text,
            Model model) {
        person.requireAdmin(ADMINS_ONLY);
        Instant now = clock.instant();
        QueueFilter filter = new QueueFilter(
                given(team),
                given(destination),
                given(kind).filter(kinds()::contains).map(RequestKind::of),
                given(attention).flatMap(QueuePage::attention),
                given(text).map(String::strip));
        Slice<RequestSummary> slice = queue.list(filter, cursor, Slice.PAGE_ROWS);
        QueueCounts counts = queue.counts();
        RequestQueue.Choices choices = queue.choices();
        model.addAttribute(
                "view",
                new View(
                        counts.all(),
                        counts.by().get(Attention.CLEAN),
                        requests.count(person, RequestStatus.PLANNING),
                        slice.nextCursor().orElse(null),
                        new Filter(
                                filter.text().orElse(null),
                                filter.team().orElse(null),
                                filter.destination().orElse(null),
                                filter.kind().map(RequestKind::value).orElse(null),
                                filter.attention().map(Attention::value).orElse(null),
                                choices.teams(),
                                choices.destinations(),
                                kinds(),
                                !filter.equals(QueueFilter.ALL)),
                        chips(filter, counts),
                        slice.items().stream().map(request -> row(request, now)).toList()));
        return "queue/list";
    }

    /** Goes to the next request of the queue after the open one. */
    @GetMapping("/queue/next")
    String next(Person person, @RequestParam(defaultValue = "") String after, RedirectAttributes redirect) {
        person.requireAdmin(ADMINS_ONLY);
        Optional<String> next = queue.next(after);
        if (next.isEmpty()) {
            Flash.done(redirect, "flash.queue.end");
            return "redirect:/queue";
        }
        redirect.addAttribute("from", "queue");
        return "redirect:/requests/" + next.get();
    }

    /** Confirmation of a bulk approval: the selected requests, with what would be approved. */
    @GetMapping("/queue/approval")
    String approval(
            Person person, @RequestParam Optional<List<String>> request, Model model, RedirectAttributes redirect) {
        person.requireAdmin(ADMINS_ONLY);
        List<String> ballots = request.orElse(List.of());
        if (ballots.isEmpty()) {
            Flash.warn(redirect, "flash.queue.unselected");
            return "redirect:/queue";
        }
        model.addAttribute("view", approvalView(person, ballots, "", null, List.of(), false));
        return "queue/approval";
    }

    @PostMapping("/queue/approval")
    String approve(
            Person person,
            @RequestParam Optional<List<String>> request,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        person.requireAdmin(ADMINS_ONLY);
        List<String> ballots = request.orElse(List.of());
        try {
            Map<String, Refusal> refused = bulkApproval.approve(
                    person, ballots.stream().map(QueuePage::ballot).toList(), reason);
            int approved = ballots.size() - refused.size();
            if (refused.isEmpty()) {
                Flash.done(
                        redirect,
                        approved == 1 ? "flash.queue.approved.one" : "flash.queue.approved",
                        Integer.toString(approved));
                return "redirect:/queue";
            }
            response.setStatus(HttpStatus.CONFLICT.value());
            model.addAttribute(
                    "flash",
                    new Flash(
                            approved == 0 ? "bad" : "warn",
                            "flash.queue.partly",
                            List.of(Integer.toString(approved), Integer.toString(ballots.size()))));
            model.addAttribute(
                    "view",
                    approvalView(
                            person,
                            ballots.stream()
                                    .filter(ballot ->
                                            refused.containsKey(ballot(ballot).request()))
                                    .toList(),
                            reason,
                            null,
                            refused.entrySet().stream()
                                    .map(entry -> new Failure(
                                            entry.getKey(), entry.getValue().detail()))
                                    .toList(),
                            true));
            return "queue/approval";
        } catch (Refusal refusal) {
            response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
            model.addAttribute("view", approvalView(person, ballots, reason, refusal.detail(), List.of(), false));
            return "queue/approval";
        }
    }

    private ApprovalView approvalView(
            Person person,
            List<String> ballots,
            String reason,
            @Nullable String wrong,
            List<Failure> failures,
            boolean done) {
        Instant now = clock.instant();
        Map<String, Row> rows = new LinkedHashMap<>();
        for (String ballot : ballots.stream().limit(BulkApproval.MOST).toList()) {
            RequestSummary summary =
                    requests.find(person, ballot(ballot).request()).summary();
            rows.put(summary.publicId(), row(summary, now).on(ballot));
        }
        return new ApprovalView(List.copyOf(rows.values()), reason, wrong, failures, done);
    }

    /** A selected row names the plan that the page showed: {@code req_…~pln_…}. */
    private static BulkApproval.Ballot ballot(String text) {
        int tilde = text.indexOf('~');
        return tilde < 0
                ? new BulkApproval.Ballot(text, "")
                : new BulkApproval.Ballot(text.substring(0, tilde), text.substring(tilde + 1));
    }

    private static Optional<String> given(Optional<String> value) {
        return value.filter(text -> !text.isBlank());
    }

    private static List<String> kinds() {
        return Arrays.stream(RequestKind.values()).map(RequestKind::value).toList();
    }

    private static Optional<Attention> attention(String value) {
        return Arrays.stream(Attention.values())
                .filter(each -> each.value().equals(value))
                .findFirst();
    }

    private static List<Chip> chips(QueueFilter filter, QueueCounts counts) {
        List<Chip> chips = new ArrayList<>();
        chips.add(new Chip("all", counts.all(), null, filter.attention().isEmpty()));
        for (Attention attention : Attention.values()) {
            chips.add(new Chip(
                    attention.value(),
                    counts.by().get(attention),
                    attention.value(),
                    filter.attention().equals(Optional.of(attention))));
        }
        return chips;
    }

    private static Row row(RequestSummary request, Instant now) {
        return new Row(
                request.publicId(),
                request.title(),
                request.kind().value(),
                request.team().orElse(null),
                Moment.of(request.requestedAt(), now),
                RequestedIdentity.of(request),
                Expiry.of(request, now),
                request.checks().map(QueuePage::tallies).orElse(List.of()),
                request.approvals(),
                request.approvalsNeeded(),
                decidedAlone(request),
                request.plan().map(plan -> request.publicId() + "~" + plan).orElse(null));
    }

    /** Why it cannot be part of a {@link BulkApproval}; null if it can. */
    private static @Nullable String decidedAlone(RequestSummary request) {
        if (request.kind().decidedByPeople()) {
            return "deletes";
        }
        return request.checks().filter(CheckCounts::clean).isPresent() ? null : "checks";
    }

    /** Counts of checks that did not pass, or of those that passed if all did. */
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
