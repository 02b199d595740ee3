package io.waypass.request;

import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.request.Transition.Effect;
import io.waypass.resource.Operation;
import io.waypass.resource.Resources;
import io.waypass.task.TaskQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Submits requests, and carries out the effects of each {@link Transition} by plain statements; runs inside the caller's transaction.
 * Locks are taken in one order: the resource, its requests, the audit trail, tasks.
 */
public final class RequestTransitions {

    private static final String REQUEST = """
            select r.id, r.public_id, r.kind, r.resource_id, rs.public_id as resource, r.revision, rv.operation, c.name as cluster, r.team_id,
                t.slug as team, r.status, r.status_message, r.plan_id
            from request r
            join resource rs on rs.id = r.resource_id
            join resource_revision rv on rv.resource_id = r.resource_id and rv.revision = r.revision
            join cluster c on c.id = rs.cluster_id
            left join team t on t.id = r.team_id
            """;

    /**
     * A new request.
     *
     * @param publicId {@code req_…}
     * @param resourceId key of the resource
     * @param revision number of the proposed revision, which exists
     * @param cluster name of the resource's cluster
     * @param teamId key of the requesting team; empty for platform admins
     * @param requestedBy subject of the person
     */
    public record Submitted(
            String publicId,
            RequestKind kind,
            long resourceId,
            int revision,
            String cluster,
            Optional<Long> teamId,
            String reason,
            String requestedBy) {}

    private final JdbcClient jdbc;
    private final Resources resources;
    private final Attempts attempts;
    private final TaskQueue tasks;
    private final AuditTrail audit;
    private final Clock clock;

    public RequestTransitions(
            JdbcClient jdbc, Resources resources, Attempts attempts, TaskQueue tasks, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.resources = resources;
        this.attempts = attempts;
        this.tasks = tasks;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Submits a request, and schedules its planning.
     *
     * @throws org.springframework.dao.DuplicateKeyException by {@code request_one_open_per_resource} if another request is open
     */
    public void submit(Submitted proposal, AuditTrail.Fact fact) {
        jdbc.sql("""
                insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at, status_changed_at)
                values (:id, :kind, :resource, :team, :revision, :reason, :by, :now, :now)
                """)
                .param("id", proposal.publicId())
                .param("kind", proposal.kind().value())
                .param("resource", proposal.resourceId())
                .param("team", proposal.teamId().orElse(null))
                .param("revision", proposal.revision())
                .param("reason", proposal.reason())
                .param("by", proposal.requestedBy())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        audit.append(fact);
        tasks.plan(proposal.cluster(), proposal.publicId(), "first");
    }

    /**
     * Locks a request's resource until the commit, so that no other transaction changes the request's status.
     *
     * @param publicId {@code req_…}
     * @return the request after the lock; empty if there is none
     */
    public Optional<Request> lock(String publicId) {
        jdbc.sql("select resource_id from request where public_id = :id")
                .param("id", publicId)
                .query(Long.class)
                .optional()
                .ifPresent(resources::lock);
        return find(publicId);
    }

    /** {@return a request} @param publicId {@code req_…} */
    public Optional<Request> find(String publicId) {
        return jdbc.sql(REQUEST + " where r.public_id = :id")
                .param("id", publicId)
                .query(RequestTransitions::request)
                .optional();
    }

    /** {@return the request that proposes a revision} @param resourceId key of the resource @param revision its number */
    public Optional<Request> find(long resourceId, int revision) {
        return jdbc.sql(REQUEST + " where r.resource_id = :resource and r.revision = :revision")
                .param("resource", resourceId)
                .param("revision", revision)
                .query(RequestTransitions::request)
                .optional();
    }

    /**
     * {@return whether another request of a resource is open}
     *
     * @param resourceId key of the resource
     * @param except key of a request that does not count; 0 if all count
     */
    public boolean anotherIsOpen(long resourceId, long except) {
        return jdbc.sql("""
                select exists (select 1 from request where resource_id = :id and id <> :except
                    and status in ('planning', 'pending', 'approved', 'applying'))
                """)
                .param("id", resourceId)
                .param("except", except)
                .query(Boolean.class)
                .single();
    }

    /** {@return a digest of everything in the database that a plan of the request is made from} @param requestId key of the request */
    public String basis(long requestId) {
        return jdbc.sql("select request_basis(:id)")
                .param("id", requestId)
                .query(String.class)
                .single();
    }

    /**
     * Performs a transition without a row in the audit trail.
     *
     * @param request as locked
     * @return false if the request had the status and the message already
     */
    public boolean perform(Request request, Transition transition) {
        return perform(request, transition, Optional.empty());
    }

    /**
     * Performs a transition.
     *
     * @param request as locked
     * @param fact for the audit trail
     * @return false if the request had the status and the message already
     */
    public boolean perform(Request request, Transition transition, AuditTrail.Fact fact) {
        return perform(request, transition, Optional.of(fact));
    }

    /**
     * Fails a request that the cluster refused, and ends its attempt. A retry that fails with the same message adds nothing to the audit
     * trail.
     *
     * @param request as locked
     * @param message the API server's words
     * @param fact for the audit trail, without the message
     */
    public void fail(Request request, String message, AuditTrail.Fact fact) {
        attempts.finish(request.id(), "apply", "failed", message);
        boolean told = request.status() == RequestStatus.FAILED
                && request.statusMessage().equals(Optional.of(message));
        perform(
                request,
                request.fail(message),
                told ? Optional.empty() : Optional.of(fact.with(Map.of("message", message))));
    }

    private boolean perform(Request request, Transition transition, Optional<AuditTrail.Fact> fact) {
        boolean moved = move(request.id(), transition);
        fact.ifPresent(audit::append);
        for (Effect effect : Effect.values()) {
            if (transition.effects().contains(effect)) {
                happen(request, effect);
            }
        }
        return moved;
    }

    /** Effects happen in the order of {@link Effect}: tasks last. */
    private void happen(Request request, Effect effect) {
        switch (effect) {
            case SUPERSEDE_OLDER -> supersedeOlder(request);
            case DESIRE -> resources.desire(request.resourceId(), request.revision());
            case REVERT -> resources.revert(request.resourceId(), request.revision());
            case APPLIED -> resources.applied(request.resourceId(), request.revision(), request.operation());
            case PLAN_AGAIN -> tasks.plan(request.cluster(), request.publicId(), planOf(request));
            case RECONCILE -> tasks.reconcile(request.resourceId());
            case RECONCILE_IF_ATTEMPTED -> {
                if (attempts.appliedOnce(request.id())) {
                    tasks.reconcile(request.resourceId());
                }
            }
        }
    }

    private void supersedeOlder(Request newer) {
        List<Request> older = jdbc.sql(REQUEST + """
                 where r.resource_id = :resource and r.id <> :id and r.status in ('applied', 'failed') order by r.id
                """)
                .param("resource", newer.resourceId())
                .param("id", newer.id())
                .query(RequestTransitions::request)
                .list();
        for (Request request : older) {
            perform(
                    request,
                    request.supersede(newer.publicId()),
                    fact("portal", "request.superseded", request).with(Map.of("by", newer.publicId())));
        }
    }

    private boolean move(long requestId, Transition transition) {
        return jdbc.sql("""
                update request set status = :status, status_message = :message, waiting_reason = null,
                    status_changed_at = case when status = :status then status_changed_at else :now end
                where id = :id and (status <> :status or status_message is distinct from :message or waiting_reason is not null)
                """)
                        .param("status", transition.to().value())
                        .param("message", transition.message().orElse(null))
                        .param("now", Rows.timestamp(clock.instant()))
                        .param("id", requestId)
                        .update()
                > 0;
    }

    private String planOf(Request request) {
        return jdbc.sql("select public_id from plan where id = :id")
                .param("id", request.planId().orElseThrow())
                .query(String.class)
                .single();
    }

    /**
     * Makes a plan the request's present one.
     *
     * @param request as locked
     * @param planId key of the plan
     */
    public void attachPlan(Request request, long planId) {
        jdbc.sql("update request set plan_id = :plan where id = :id")
                .param("plan", planId)
                .param("id", request.id())
                .update();
    }

    /**
     * Records what an applier waits for with a request; its status stays.
     *
     * @param requestId key of the request
     * @param task {@code plan} or {@code apply}
     * @param reason for people, and when it is retried
     */
    public void recordWait(long requestId, String task, String reason) {
        jdbc.sql("""
                update request set waiting_reason = :reason
                where id = :id and status in ('planning', 'approved', 'applying', 'failed')
                """).param("reason", reason).param("id", requestId).update();
        attempts.finish(requestId, task, "waiting", reason);
    }

    public static AuditTrail.Fact fact(String actor, String action, Request request) {
        AuditTrail.Fact fact =
                AuditTrail.Fact.of(actor, action, request.publicId()).ofRequest(request.publicId());
        return request.teamId().map(fact::ofTeam).orElse(fact);
    }

    private static Request request(ResultSet row, int number) throws SQLException {
        return new Request(
                row.getLong("id"),
                row.getString("public_id"),
                RequestKind.of(row.getString("kind")),
                row.getLong("resource_id"),
                row.getString("resource"),
                row.getInt("revision"),
                Operation.of(row.getString("operation")),
                row.getString("cluster"),
                Optional.ofNullable(row.getObject("team_id", Long.class)),
                Optional.ofNullable(row.getString("team")),
                RequestStatus.of(row.getString("status")),
                Optional.ofNullable(row.getString("status_message")),
                Optional.ofNullable(row.getObject("plan_id", Long.class)));
    }
}
