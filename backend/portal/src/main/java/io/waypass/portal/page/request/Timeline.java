package io.waypass.portal.page.request;

import io.waypass.portal.page.DecisionForm;
import io.waypass.portal.page.Moment;
import io.waypass.request.Attempt;
import io.waypass.request.Decision;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.resource.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The history of a request, newest first, with the next actor on top. */
public final class Timeline {

    private static final int MOST_FAILURES = 5;

    /**
     * An entry.
     *
     * @param what key of the message and of the icon
     * @param args of the message
     * @param quote a person's own words
     * @param at null for the next step
     * @param took duration
     * @param href link to details
     */
    public record Entry(
            String what,
            List<String> args,
            @Nullable String quote,
            @Nullable Moment at,
            @Nullable String took,
            @Nullable String href) {}

    private record Fact(Instant at, Entry entry) {}

    /** Messages during and after the application of a request. */
    private record Applying(String underWay, String done) {
        static Applying of(Operation operation) {
            return switch (operation) {
                case KEEP -> new Applying("applying", "applied");
                case RETIRE -> new Applying("retiring", "retired");
                case REMOVE_ORPHANS -> new Applying("removing", "removed");
            };
        }
    }

    private Timeline() {}

    /** {@return the entries of a request} @param link whether they are shown elsewhere, and link to the request's page */
    public static List<Entry> of(RequestDetail request, Instant now, boolean link) {
        List<Fact> facts = new ArrayList<>();
        String href = link ? "/requests/" + request.summary().publicId() : null;
        add(
                facts,
                now,
                request.summary().requestedAt(),
                "submitted",
                List.of(
                        request.summary().kind().value().replace('-', ' '),
                        request.summary().requestedByName()),
                link ? request.reason() : null,
                null,
                href);
        request.certificate()
                .filter(_ -> request.summary().kind().bringsCertificate())
                .ifPresent(certificate ->
                        add(facts, now, certificate.uploadedAt(), "sealed", List.of(), null, null, null));
        request.plan().ifPresent(plan -> {
            boolean invalid = request.summary().status() == RequestStatus.INVALID;
            add(
                    facts,
                    now,
                    plan.createdAt(),
                    invalid ? "plan-invalid" : plan.number() > 1 ? "planned-anew" : "planned",
                    invalid ? List.of() : List.of(DecisionForm.shortened(plan.digest())),
                    plan.cause().orElse(null),
                    took(plan.took()),
                    null);
        });
        for (Decision decision : request.decisions()) {
            add(
                    facts,
                    now,
                    decision.decidedAt(),
                    decision.approved() ? (decision.present() ? "approved" : "approved-earlier") : "rejected",
                    List.of(decision.by().name()),
                    decision.reason(),
                    null,
                    null);
        }
        attempts(request, now, facts);
        ending(request, now, facts);
        List<Entry> entries = new ArrayList<>();
        String next = RequestRow.next(request.summary());
        if (!next.equals("nobody")) {
            boolean more = next.equals("admin") && request.approvals().needed() > 1;
            entries.add(new Entry(
                    "next-" + next + (more ? "-more" : ""),
                    more
                            ? List.of(
                                    Integer.toString(request.approvals().given()),
                                    Integer.toString(request.approvals().needed()))
                            : List.of(),
                    null,
                    null,
                    null,
                    null));
        }
        facts.stream()
                .sorted(Comparator.comparing(Fact::at).reversed())
                .map(Fact::entry)
                .forEach(entries::add);
        return entries;
    }

    private static void attempts(RequestDetail request, Instant now, List<Fact> facts) {
        Applying words = Applying.of(request.summary().kind().operation());
        int failures = 0;
        for (Attempt attempt : request.attempts()) {
            Instant end = attempt.finishedAt().orElse(attempt.startedAt());
            String took = attempt.finishedAt()
                    .map(finished -> took(Duration.between(attempt.startedAt(), finished)))
                    .orElse(null);
            String quote = attempt.message().orElse(null);
            switch (attempt.outcome().orElse("running")) {
                case "succeeded" -> {
                    if (attempt.task().equals("apply")) {
                        add(facts, now, end, words.done(), List.of(), null, took, null);
                    }
                }
                case "failed" -> {
                    if (failures++ < MOST_FAILURES) {
                        add(facts, now, end, "failed", List.of(), quote, took, null);
                    }
                }
                case "replanned" -> add(facts, now, end, "replanned", List.of(), quote, took, null);
                default -> {
                    // the next step, below, shows waiting and running
                }
            }
        }
        request.summary()
                .waitingReason()
                .ifPresent(reason ->
                        facts.add(new Fact(Instant.MAX, new Entry("waiting", List.of(), reason, null, null, null))));
        if (request.summary().status() == RequestStatus.APPLYING
                && request.summary().waitingReason().isEmpty()) {
            add(facts, now, request.summary().statusChangedAt(), words.underWay(), List.of(), null, null, null);
        }
    }

    private static void ending(RequestDetail request, Instant now, List<Fact> facts) {
        Optional<String> message = request.summary().statusMessage();
        if (request.summary().status() == RequestStatus.WITHDRAWN) {
            add(
                    facts,
                    now,
                    request.summary().statusChangedAt(),
                    "withdrawn",
                    List.of(asker(request.summary())),
                    message.orElse(null),
                    null,
                    null);
        }
        if (request.summary().status() == RequestStatus.SUPERSEDED) {
            add(
                    facts,
                    now,
                    request.summary().statusChangedAt(),
                    "superseded",
                    List.of(),
                    message.orElse(null),
                    null,
                    null);
        }
    }

    private static String asker(RequestSummary request) {
        return request.team().map(team -> "team " + team).orElse(request.requestedByName());
    }

    private static String took(Duration duration) {
        long millis = duration.toMillis();
        return millis < 1_000 ? millis + " ms" : millis / 1_000 + "." + millis % 1_000 / 100 + " s";
    }

    private static void add(
            List<Fact> facts,
            Instant now,
            Instant at,
            String what,
            List<String> args,
            @Nullable String quote,
            @Nullable String took,
            @Nullable String href) {
        facts.add(new Fact(at, new Entry(what, args, quote, Moment.of(at, now), took, href)));
    }
}
