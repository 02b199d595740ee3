package io.waypass.reconcile;

import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.Plans;
import io.waypass.request.Attempts;
import io.waypass.request.Request;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.request.Transition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** {@link PlanningStore} on PostgreSQL, with the rights of an applier's role. */
final class JdbcPlanningStore implements PlanningStore {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final RequestTransitions requests;
    private final Attempts attempts;
    private final Plans plans;
    private final RevisionLoader revisions;
    private final String cluster;

    JdbcPlanningStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            RequestTransitions requests,
            Attempts attempts,
            Plans plans,
            RevisionLoader revisions,
            String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.requests = requests;
        this.attempts = attempts;
        this.plans = plans;
        this.revisions = revisions;
        this.cluster = cluster;
    }

    @Override
    public Optional<PlanJob> takeUp(String publicId) {
        Optional<Request> found =
                requests.find(publicId).filter(request -> request.cluster().equals(cluster));
        found.ifPresent(request -> attempts.endAbandoned(request.resourceId()));
        return found.filter(request -> request.status() == RequestStatus.PLANNING)
                .map(this::job);
    }

    private PlanJob job(Request request) {
        attempts.start(request.id(), "plan");
        // read before the data that it digests: a change in between makes the plan stale, and is not missed
        String basis = requests.basis(request.id());
        return revisions.planJob(request, basis);
    }

    @Override
    public void recordPlan(PlanJob job, NewPlan plan) {
        transactions.executeWithoutResult(_ -> {
            Request request = requests.lock(job.request()).orElseThrow();
            if (request.status() != RequestStatus.PLANNING) {
                // withdrawn meanwhile: the plan is dropped
                attempts.finish(
                        request.id(),
                        "plan",
                        "succeeded",
                        "The request is " + request.status().value() + " meanwhile.");
                return;
            }
            Optional<String> before = plans.presentDigest(request.id());
            Plans.Inserted inserted = plans.insert(request.id(), job.basis(), job.cause(), plan);
            requests.attachPlan(request, inserted.id());
            attempts.finish(request.id(), "plan", "succeeded", null);
            boolean invalid = !plan.obstacles().isEmpty();
            Transition transition =
                    invalid ? request.invalidate(String.join(" ", plan.obstacles())) : request.planned();
            requests.perform(
                    request,
                    transition,
                    fact(invalid ? "request.invalid" : "request.planned", request)
                            .with(Map.of("plan", inserted.publicId()))
                            .digests(before, Optional.of(plan.digest())));
        });
    }

    @Override
    public void recordWait(long requestId, String task, String reason) {
        transactions.executeWithoutResult(_ -> requests.recordWait(requestId, task, reason));
    }

    @Override
    public List<Waiting> findWaiting(Optional<Set<String>> facts) {
        return findWaiting(
                "(cast(:facts as text[]) is null or jsonb_exists_any(p.relied, cast(:facts as text[])))",
                "facts",
                facts.map(names -> names.toArray(String[]::new)).orElse(null));
    }

    @Override
    public Optional<Waiting> findWaiting(String request) {
        return findWaiting("r.public_id = :request", "request", request).stream()
                .findFirst();
    }

    @Override
    public Optional<Untried> findUntried(String request) {
        return jdbc.sql("""
                select p.id from request r join plan p on p.id = r.plan_id
                where r.public_id = :request and r.status = 'pending' and p.unknown > 0
                    and p.checks @> jsonb_build_array(jsonb_build_object('code', cast(:code as text), 'level', 'UNKNOWN'))
                """)
                .param("request", request)
                .param("code", CheckCode.DRY_RUN_ACCEPTED.value())
                .query(Long.class)
                .optional()
                .flatMap(plan -> findWaiting(request).map(waiting -> new Untried(waiting, plans.objects(plan))));
    }

    private List<Waiting> findWaiting(String narrowed, String name, @Nullable Object value) {
        return jdbc.sql("""
                select r.id, r.public_id, p.public_id as plan, p.relied, p.cause,
                    (select array_agg(o.kind || ' ' || o.namespace || '/' || o.name) from plan_object o where o.plan_id = p.id) as own,
                    request_basis(r.id) is not distinct from p.basis as holds
                from request r
                join resource rs on rs.id = r.resource_id
                join cluster c on c.id = rs.cluster_id
                join plan p on p.id = r.plan_id
                where r.status = 'pending' and c.name = :cluster and
                """ + narrowed + " order by r.id")
                .param("cluster", cluster)
                .param(name, value)
                .query((row, _) -> new Waiting(
                        row.getLong("id"),
                        row.getString("public_id"),
                        row.getString("plan"),
                        Set.copyOf(Rows.strings(row, "own")),
                        plans.facts(row.getString("relied")),
                        row.getBoolean("holds"),
                        Optional.ofNullable(row.getString("cause"))))
                .list();
    }

    @Override
    public boolean replan(Waiting waiting, String cause) {
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            Request request = requests.lock(waiting.request()).orElseThrow();
            if (request.status() != RequestStatus.PENDING || !hasPlan(request, waiting.plan())) {
                return false;
            }
            requests.perform(
                    request,
                    request.replan(cause),
                    fact("request.replanned", request)
                            .with(Map.of("reason", cause))
                            .digests(plans.presentDigest(request.id()), Optional.empty()));
            return true;
        }));
    }

    private boolean hasPlan(Request request, String plan) {
        return jdbc.sql("select exists (select 1 from plan where id = :id and public_id = :plan)")
                .param("id", request.planId().orElseThrow())
                .param("plan", plan)
                .query(Boolean.class)
                .single();
    }

    private AuditTrail.Fact fact(String action, Request request) {
        return RequestTransitions.fact("applier:" + cluster, action, request);
    }
}
