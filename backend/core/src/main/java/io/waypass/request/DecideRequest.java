package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import io.waypass.work.WorkQueue;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * A platform admin decides on one plan, named by its digest. Nobody decides on an own request, or on one of an own
 * team. Decision, the identity's new desired revision, audit row and apply task commit together.
 */
public final class DecideRequest {

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Requests requests;
    private final WorkQueue work;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the use case.
     *
     * @param jdbc the portal's database
     * @param transactions for the one write
     * @param requests what is decided on
     * @param work hands over to the applier
     * @param audit the trail
     * @param clock tells when
     */
    public DecideRequest(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Requests requests,
            WorkQueue work,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.requests = requests;
        this.work = work;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Why a person may not decide on a request, whatever its status; for pages, which then offer no form.
     *
     * @param person who would decide
     * @param request the request
     * @return the refusal, empty if the person may
     */
    public Optional<NotAllowed> objection(Person person, RequestSummary request) {
        if (!person.admin()) {
            return Optional.of(new NotAllowed(
                    "admin.required", "Only platform admins decide on requests. You will see their decision here."));
        }
        if (person.subject().equals(request.requestedBy())) {
            return Optional.of(new NotAllowed(
                    "decision.own-request", "Nobody decides on their own request. Another platform admin has to."));
        }
        if (person.memberOf(request.team())) {
            return Optional.of(new NotAllowed(
                    "decision.own-team",
                    "You are a member of team " + request.team()
                            + ", which asks. A platform admin who is not has to decide."));
        }
        return Optional.empty();
    }

    /**
     * Approves.
     *
     * @param person a platform admin
     * @param publicId {@code req_…}
     * @param digest of the plan that the person saw
     * @param reason why
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void approve(Person person, String publicId, String digest, String reason) {
        decide(person, publicId, digest, reason, true);
    }

    /**
     * Rejects.
     *
     * @param person a platform admin
     * @param publicId {@code req_…}
     * @param digest of the plan that the person saw
     * @param reason why; the team reads it
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void reject(Person person, String publicId, String digest, String reason) {
        decide(person, publicId, digest, reason, false);
    }

    private void decide(Person person, String publicId, String digest, String reason, boolean approve) {
        RequestSummary seen = requests.find(person, publicId).summary();
        objection(person, seen).ifPresent(refusal -> {
            throw refusal;
        });
        Reason.required(reason, "Give a reason; the team reads it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        transactions.executeWithoutResult(_ -> {
            // two who decide at once: the second waits here, and then sees what the first did
            jdbc.sql("select 1 from request where id = :id for update")
                    .param("id", seen.id())
                    .query(Integer.class)
                    .single();
            RequestDetail request = requests.find(person, publicId);
            if (request.summary().status() != RequestStatus.PENDING) {
                throw notPending(request);
            }
            Plan plan = request.plan().orElseThrow();
            if (!plan.digest().equals(digest)) {
                throw new StaleDigest(digest, plan.digest());
            }
            record(person, request, plan, reason.strip(), approve);
        });
    }

    private void record(Person person, RequestDetail request, Plan plan, String reason, boolean approve) {
        RequestSummary summary = request.summary();
        jdbc.sql("""
                insert into decision (request_id, plan_id, plan_digest, verdict, decided_by, reason, decided_at)
                select :request, id, digest, :verdict, :by, :reason, :now from plan where public_id = :plan
                """)
                .param("request", summary.id())
                .param("verdict", approve ? "approved" : "rejected")
                .param("by", person.subject())
                .param("reason", reason)
                .param("now", Rows.timestamp(clock.instant()))
                .param("plan", plan.publicId())
                .update();
        move(summary.id(), approve ? RequestStatus.APPROVED : RequestStatus.REJECTED, approve ? null : reason);
        if (approve) {
            jdbc.sql("""
                    update request set status = 'superseded', status_message = :message, status_changed_at = :now
                    where identity_id = (select identity_id from request where id = :id) and id <> :id and status in ('applied', 'failed')
                    """)
                    .param("id", summary.id())
                    .param("message", "The newer request " + summary.publicId() + " was approved.")
                    .param("now", Rows.timestamp(clock.instant()))
                    .update();
            jdbc.sql("update identity set desired_revision = :revision where public_id = :identity")
                    .param("revision", request.revision())
                    .param("identity", summary.identityId())
                    .update();
        }
        audit.append(new AuditTrail.Fact(
                person.subject(),
                approve ? "request.approved" : "request.rejected",
                summary.publicId(),
                jdbc.sql("select team_id from request where id = :id")
                        .param("id", summary.id())
                        .query(Long.class)
                        .optional(),
                Optional.of(summary.publicId()),
                Map.of("digest", plan.digest(), "reason", reason)));
        if (approve) {
            work.apply(summary.cluster(), summary.publicId(), plan.publicId());
        }
    }

    private void move(long id, RequestStatus status, @org.jspecify.annotations.Nullable String message) {
        jdbc.sql(
                        "update request set status = :status, status_message = :message, status_changed_at = :now where id = :id")
                .param("status", status.value())
                .param("message", message)
                .param("now", Rows.timestamp(clock.instant()))
                .param("id", id)
                .update();
    }

    private static Conflict notPending(RequestDetail request) {
        RequestStatus status = request.summary().status();
        String who = request.decisions().isEmpty()
                ? ""
                : " " + request.decisions().getFirst().decidedByName() + " "
                        + (request.decisions().getFirst().approved() ? "approved" : "rejected") + " it at "
                        + AT.format(request.decisions().getFirst().decidedAt()) + " UTC: “"
                        + request.decisions().getFirst().reason() + "”.";
        return new Conflict(
                "request.not-pending",
                "This request waits for no decision",
                "It is " + status.value() + "." + who + " Your decision was not recorded.");
    }
}
