package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.policy.Ruling;
import io.waypass.portal.page.DecisionForm;
import io.waypass.portal.page.DiffLine;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.WithdrawalForm;
import io.waypass.refusal.NotAllowed;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's page, in sections.
 *
 * @param id {@code req_…}
 * @param fromQueue whether the reader came from the queue
 * @param plan null if the request is not planned yet
 * @param policies their results for the plan
 * @param timeline newest first
 */
record RequestView(
        String id,
        boolean fromQueue,
        Header header,
        Progress progress,
        SubjectSection subject,
        @Nullable PlanSection plan,
        List<PolicyRow> policies,
        DecisionSection decision,
        List<Timeline.Entry> timeline) {

    record Header(
            String title,
            String kind,
            String status,
            @Nullable String team,
            String reason,
            String requestedBy,
            Moment requestedAt) {}

    /**
     * Progress of a request.
     *
     * @param message why it ended; null if there is none
     * @param waiting what it waits for; null if for nothing
     * @param moving whether it moves on without a person
     * @param seen digest of what the page shows; if it differs, the page is drawn again
     * @param again address at which the same can be requested again; null if that makes no sense
     */
    record Progress(
            @Nullable String message,
            @Nullable String waiting,
            boolean moving,
            String seen,
            @Nullable String again) {

        static Progress of(RequestDetail detail, SubjectSection subject, Person person) {
            RequestSummary summary = detail.summary();
            boolean moving = switch (summary.status()) {
                case PLANNING, APPROVED, APPLYING, FAILED -> true;
                default -> false;
            };
            return new Progress(
                    summary.statusMessage().orElse(null),
                    summary.waitingReason().orElse(null),
                    moving,
                    RequestView.seen(detail),
                    summary.team().map(person::memberOf).orElse(person.admin()) && ended(summary.status())
                            ? subject.again()
                            : null);
        }
    }

    record CheckRow(String code, String level, String message, String toDo) {}

    /** A policy's result for the plan. */
    record PolicyRow(String name, int version, String effect, String outcome, int approvals, String message) {
        static PolicyRow of(Ruling.Result result) {
            return new PolicyRow(
                    result.policy(),
                    result.version(),
                    result.effect().value(),
                    result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    result.approvals(),
                    result.message());
        }
    }

    record Approvals(int given, int needed) {}

    /** Why the plan is not the first one. */
    record Anew(int number, String cause) {}

    record Checks(List<CheckRow> failed, List<CheckRow> unknown, List<CheckRow> warning, List<CheckRow> passed) {
        static Checks of(List<PlanCheck> checks) {
            return new Checks(
                    at(checks, PlanCheck.Level.FAILED),
                    at(checks, PlanCheck.Level.UNKNOWN),
                    at(checks, PlanCheck.Level.WARNING),
                    at(checks, PlanCheck.Level.PASSED));
        }

        private static List<CheckRow> at(List<PlanCheck> checks, PlanCheck.Level level) {
            return checks.stream()
                    .filter(check -> check.level() == level)
                    .map(check -> new CheckRow(
                            check.code(), level.name().toLowerCase(Locale.ROOT), check.message(), check.toDo()))
                    .toList();
        }
    }

    record ObjectRow(
            String action,
            String kind,
            String namespace,
            String name,
            long added,
            long removed,
            String yaml,
            List<DiffLine> lines) {}

    record Count(String action, long count) {}

    /** {@code deletes} is the number of objects that are still to be deleted. */
    record PlanSection(
            String digest,
            String digestShort,
            Moment at,
            List<Count> counts,
            List<ObjectRow> objects,
            Checks checks,
            @Nullable Anew anew,
            long deletes) {
        static PlanSection of(RequestDetail detail, SubjectSection subject, Plan plan, Instant now) {
            RequestSummary request = detail.summary();
            List<ObjectRow> rows = new ArrayList<>();
            for (PlanObject object : plan.objects()) {
                List<DiffLine> lines = DiffLine.of(object.diff());
                rows.add(new ObjectRow(
                        object.action().value(),
                        object.kind(),
                        object.namespace(),
                        object.name(),
                        lines.stream().filter(line -> line.sign().equals("add")).count(),
                        lines.stream().filter(line -> line.sign().equals("del")).count(),
                        "/requests/" + request.publicId() + "/plan/" + (rows.size() + 1) + ".yaml",
                        lines));
            }
            List<Count> counts = Arrays.stream(PlanObject.Action.values())
                    .map(action -> new Count(
                            action.value(),
                            plan.objects().stream()
                                    .filter(object -> object.action() == action)
                                    .count()))
                    .filter(count -> count.count() > 0)
                    .toList();
            return new PlanSection(
                    plan.digest(),
                    DecisionForm.shortened(plan.digest()),
                    Moment.of(plan.createdAt(), now),
                    counts,
                    rows,
                    Checks.of(plan.checks()),
                    plan.cause().map(cause -> new Anew(plan.number(), cause)).orElse(null),
                    open(request.status()) ? subject.deletes(plan) : 0);
        }
    }

    /**
     * The decision.
     *
     * @param form null if the reader does not decide
     * @param barred why an admin may not decide; null if it does not apply
     * @param approvals given and needed; null if one is enough, or it is decided
     * @param withdrawal null if the reader may not withdraw the request
     */
    record DecisionSection(
            @Nullable DecisionForm form,
            @Nullable String barred,
            @Nullable Approvals approvals,
            @Nullable WithdrawalForm withdrawal) {

        static DecisionSection of(
                RequestDetail detail, SubjectSection subject, Person person, Optional<NotAllowed> objection) {
            RequestSummary summary = detail.summary();
            boolean pending = summary.status() == RequestStatus.PENDING;
            boolean waits = pending || summary.status() == RequestStatus.PLANNING;
            boolean voted = detail.decisions().stream()
                    .anyMatch(given -> given.present() && given.by().subject().equals(Optional.of(person.subject())));
            boolean decides = pending && person.admin() && objection.isEmpty() && !voted;
            String barred = pending && person.admin()
                    ? voted
                            ? "given"
                            : objection
                                    .map(refusal -> refusal.code().substring("decision.".length()))
                                    .orElse(null)
                    : null;
            return new DecisionSection(
                    decides
                            ? detail.plan()
                                    .map(plan ->
                                            DecisionForm.blank(plan.publicId(), plan.digest(), subject.deletes(plan)))
                                    .orElseThrow()
                            : null,
                    barred,
                    detail.approvals().needed() > 1 && waits
                            ? new Approvals(
                                    detail.approvals().given(),
                                    detail.approvals().needed())
                            : null,
                    mayWithdraw(person, summary) && waits ? WithdrawalForm.BLANK : null);
        }

        private static boolean mayWithdraw(Person person, RequestSummary summary) {
            return summary.team().map(person::memberOf).orElse(person.subject().equals(summary.requestedBy()));
        }
    }

    static RequestView of(
            RequestDetail detail, Person person, Optional<NotAllowed> objection, boolean fromQueue, Instant now) {
        RequestSummary summary = detail.summary();
        SubjectSection subject = SubjectSection.of(detail, now);
        return new RequestView(
                summary.publicId(),
                fromQueue,
                new Header(
                        summary.title(),
                        summary.kind().value(),
                        summary.status().value(),
                        summary.team().orElse(null),
                        detail.reason(),
                        summary.requestedByName(),
                        Moment.of(summary.requestedAt(), now)),
                Progress.of(detail, subject, person),
                subject,
                detail.plan()
                        .map(plan -> PlanSection.of(detail, subject, plan, now))
                        .orElse(null),
                detail.rulings().stream().map(PolicyRow::of).toList(),
                DecisionSection.of(detail, subject, person, objection),
                Timeline.of(detail, now, false));
    }

    /** The same page with a refused decision. */
    RequestView withDecision(String verdict, String given, String wrong) {
        return decision.form() == null
                ? this
                : with(new DecisionSection(
                        decision.form().refused(verdict, given, wrong),
                        decision.barred(),
                        decision.approvals(),
                        decision.withdrawal()));
    }

    /** The same page with a refused withdrawal. */
    RequestView withWithdrawal(String given, String wrong) {
        return decision.withdrawal() == null
                ? this
                : with(new DecisionSection(
                        decision.form(), decision.barred(), decision.approvals(), new WithdrawalForm(given, wrong)));
    }

    private RequestView with(DecisionSection decided) {
        return new RequestView(id, fromQueue, header, progress, subject, plan, policies, decided, timeline);
    }

    private static boolean open(RequestStatus status) {
        return status.open() || status == RequestStatus.FAILED;
    }

    /** The request ended without being applied, and the team may submit it again. */
    private static boolean ended(RequestStatus status) {
        return status == RequestStatus.INVALID || status == RequestStatus.REJECTED || status == RequestStatus.WITHDRAWN;
    }

    /** A digest of what the page shows; if it differs, the page is drawn again. */
    static String seen(RequestDetail detail) {
        return detail.summary().status().value() + "-"
                + detail.plan().map(Plan::publicId).orElse("0") + "-"
                + detail.approvals().given() + "-"
                + Integer.toHexString(detail.summary().waitingReason().hashCode())
                + SubjectSection.seen(detail);
    }
}
