package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.certificate.StoredCertificate;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.policy.Ruling;
import io.waypass.portal.page.CallPath;
import io.waypass.portal.page.CertificatePass;
import io.waypass.portal.page.Comparison;
import io.waypass.portal.page.DecisionForm;
import io.waypass.portal.page.DiffLine;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.WithdrawalForm;
import io.waypass.refusal.NotAllowed;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request's own page. */
record RequestView(
        String id,
        boolean fromQueue,
        String kind,
        String status,
        String app,
        String namespace,
        String team,
        String host,
        @Nullable String subject,
        String reason,
        String requestedBy,
        Moment requestedAt,
        @Nullable String message,
        @Nullable String waiting,
        boolean moving,
        String seen,
        @Nullable String identity,
        @Nullable String again,
        long deletes,
        CallPath path,
        List<FindingRow> findings,
        @Nullable Comparison comparison,
        @Nullable Checks checks,
        @Nullable PlanView plan,
        @Nullable Anew anew,
        List<PolicyRow> policies,
        @Nullable Approvals approvals,
        @Nullable CertificatePass pass,
        List<Timeline.Entry> timeline,
        @Nullable DecisionForm decision,
        @Nullable String barred,
        @Nullable WithdrawalForm withdrawal) {

    record CheckRow(String code, String level, String message, String toDo) {}

    /** A policy's answer to the plan. */
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

    record PlanView(String digest, String digestShort, Moment at, List<Count> counts, List<ObjectRow> objects) {
        static PlanView of(String request, Plan plan, Instant now) {
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
                        "/requests/" + request + "/plan/" + (rows.size() + 1) + ".yaml",
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
            return new PlanView(
                    plan.digest(),
                    DecisionForm.shortened(plan.digest()),
                    Moment.of(plan.createdAt(), now),
                    counts,
                    rows);
        }
    }

    static RequestView of(
            RequestDetail detail, Person person, Optional<NotAllowed> objection, boolean fromQueue, Instant now) {
        RequestSummary summary = detail.summary();
        boolean pending = summary.status() == RequestStatus.PENDING;
        boolean moving = switch (summary.status()) {
            case PLANNING, APPROVED, APPLYING, FAILED -> true;
            default -> false;
        };
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
        boolean withdraws = person.memberOf(summary.team()) && (pending || summary.status() == RequestStatus.PLANNING);
        return new RequestView(
                summary.publicId(),
                fromQueue,
                summary.kind().value(),
                summary.status().value(),
                summary.app(),
                summary.principal().namespace(),
                summary.team(),
                summary.host(),
                presented(detail),
                detail.reason(),
                summary.requestedByName(),
                Moment.of(summary.requestedAt(), now),
                summary.statusMessage().orElse(null),
                summary.waitingReason().orElse(null),
                moving,
                seen(detail),
                summary.identityId(),
                person.memberOf(summary.team()) && ended(summary.status()) ? again(summary) : null,
                open(summary.status()) ? deletes(detail) : 0,
                CallPath.planned(
                        summary.app(),
                        summary.principal(),
                        detail.gateway(),
                        detail.destination(),
                        Objects.requireNonNullElse(presented(detail), "")),
                FindingRow.of(detail.certificate()
                        .map(certificate -> certificate.findings())
                        .orElse(List.of())),
                // a refresh repeats the certificate, so nothing is beside it
                detail.certificate()
                        .filter(_ -> summary.kind() != RequestKind.REFRESH)
                        .flatMap(newer -> detail.replaced().map(older -> Comparison.of(older, newer)))
                        .orElse(null),
                detail.plan().map(plan -> Checks.of(plan.checks())).orElse(null),
                detail.plan()
                        .map(plan -> PlanView.of(summary.publicId(), plan, now))
                        .orElse(null),
                detail.plan()
                        .flatMap(plan -> plan.cause().map(cause -> new Anew(plan.number(), cause)))
                        .orElse(null),
                detail.rulings().stream().map(PolicyRow::of).toList(),
                detail.approvals().needed() > 1 && (pending || summary.status() == RequestStatus.PLANNING)
                        ? new Approvals(
                                detail.approvals().given(), detail.approvals().needed())
                        : null,
                shown(detail)
                        .map(certificate -> CertificatePass.of(certificate, now))
                        .orElse(null),
                Timeline.of(detail, now, false),
                decides
                        ? detail.plan()
                                .map(plan -> DecisionForm.blank(plan.publicId(), plan.digest(), deletes(detail)))
                                .orElseThrow()
                        : null,
                barred,
                withdraws ? WithdrawalForm.BLANK : null);
    }

    /** The same page with a decision that was refused, and why. */
    RequestView withDecision(String verdict, String given, String wrong) {
        return decision == null ? this : with(decision.refused(verdict, given, wrong), withdrawal);
    }

    /** The same page with a withdrawal that was refused, and why. */
    RequestView withWithdrawal(String given, String wrong) {
        return withdrawal == null ? this : with(decision, new WithdrawalForm(given, wrong));
    }

    private RequestView with(@Nullable DecisionForm decided, @Nullable WithdrawalForm withdrawn) {
        return new RequestView(
                id,
                fromQueue,
                kind,
                status,
                app,
                namespace,
                team,
                host,
                subject,
                reason,
                requestedBy,
                requestedAt,
                message,
                waiting,
                moving,
                seen,
                identity,
                again,
                deletes,
                path,
                findings,
                comparison,
                checks,
                plan,
                anew,
                policies,
                approvals,
                pass,
                timeline,
                decided,
                barred,
                withdrawn);
    }

    /** What the app would present, or presents until it is retired. */
    private static Optional<StoredCertificate> shown(RequestDetail detail) {
        return detail.summary().kind() == RequestKind.RETIRE_IDENTITY ? detail.replaced() : detail.certificate();
    }

    private static @Nullable String presented(RequestDetail detail) {
        return shown(detail).map(certificate -> certificate.facts().subject()).orElse(null);
    }

    private static long deletes(RequestDetail detail) {
        return detail.plan()
                .map(plan -> plan.objects().stream()
                        .filter(object -> object.action() == PlanObject.Action.DELETE)
                        .count())
                .orElse(0L);
    }

    /** Where the same is asked for once more. */
    private static String again(RequestSummary summary) {
        return switch (summary.kind()) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE ->
                "/requests/new?app=" + summary.appId() + "&destination=" + summary.destination();
            case RETIRE_IDENTITY -> "/identities/" + summary.identityId() + "/retirement";
            case REFRESH -> "/identities/" + summary.identityId() + "/refresh";
        };
    }

    private static boolean open(RequestStatus status) {
        return status.open() || status == RequestStatus.FAILED;
    }

    /** Nothing came of it, and the team may ask again. */
    private static boolean ended(RequestStatus status) {
        return status == RequestStatus.INVALID || status == RequestStatus.REJECTED || status == RequestStatus.WITHDRAWN;
    }

    /** What a page has shown; another value means that it has to be drawn again. */
    static String seen(RequestDetail detail) {
        return detail.summary().status().value() + "-"
                + detail.plan().map(Plan::publicId).orElse("0") + "-"
                + detail.approvals().given() + "-"
                + Integer.toHexString(detail.summary().waitingReason().hashCode());
    }
}
