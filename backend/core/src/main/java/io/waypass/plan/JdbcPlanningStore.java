package io.waypass.plan;

import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Directory;
import io.waypass.database.Rows;
import io.waypass.destination.Catalogue;
import io.waypass.reconcile.TaskQueue;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** The PostgreSQL side of {@link PlanningStore}, with the rights of an applier's role. */
public final class JdbcPlanningStore implements PlanningStore {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final JsonMapper json;
    private final TaskQueue work;
    private final PublicIds ids;
    private final Clock clock;
    private final String cluster;
    private final RequestTransitions steps;

    public JdbcPlanningStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Directory directory,
            Catalogue catalogue,
            Certificates certificates,
            TaskQueue work,
            PublicIds ids,
            AuditTrail audit,
            Clock clock,
            String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.json = json;
        this.work = work;
        this.ids = ids;
        this.clock = clock;
        this.cluster = cluster;
        this.steps = new RequestTransitions(jdbc, json, directory, catalogue, certificates, audit, clock, cluster);
    }

    @Override
    public Optional<PlanJob> planJob(String request) {
        Optional<RequestTransitions.Row> found = steps.row(request);
        found.ifPresent(row -> steps.endAbandonedAttempts(row.identityId()));
        return found.filter(row -> row.status() == RequestStatus.PLANNING).map(row -> {
            steps.startAttempt(row.requestId(), "plan");
            return new PlanJob(
                    row.requestId(),
                    request,
                    row.team(),
                    String.valueOf(row.basis()),
                    Optional.ofNullable(row.cause()),
                    owner(row),
                    rivals(row),
                    steps.desired(row),
                    row.kind(),
                    steps.credential(row),
                    steps.known(row.identityId()),
                    PlanRows.written(jdbc, row.identityId()));
        });
    }

    @Override
    public void planned(PlanJob job, NewPlan plan) {
        transactions.executeWithoutResult(_ -> {
            // withdrawn meanwhile: the plan is of no use any more
            String status = jdbc.sql("select status from request where id = :id for update")
                    .param("id", job.requestId())
                    .query(String.class)
                    .single();
            if (!status.equals(RequestStatus.PLANNING.value())) {
                steps.finishAttempt(job.requestId(), "plan", "succeeded", "The request is " + status + " meanwhile.");
                return;
            }
            String publicId = ids.next("pln");
            CheckCounts counts = CheckCounts.of(plan.checks());
            Optional<String> before = presentDigest(job.requestId());
            long planId = jdbc.sql("""
                    insert into plan (public_id, request_id, digest, checks, created_at, took_ms, basis, relied, cause, passed, warnings,
                        failed, unknown)
                    values (:id, :request, :digest, cast(:checks as jsonb), :now, :took, :basis, cast(:relied as jsonb), :cause, :passed,
                        :warnings, :failed, :unknown) returning id
                    """)
                    .param("id", publicId)
                    .param("request", job.requestId())
                    .param("digest", plan.digest())
                    .param("checks", json.writeValueAsString(plan.checks()))
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("took", (int) plan.took().toMillis())
                    .param("basis", job.basis())
                    .param("relied", json.writeValueAsString(plan.relied()))
                    .param("cause", job.cause().orElse(null))
                    .param("passed", counts.passed())
                    .param("warnings", counts.warnings())
                    .param("failed", counts.failed())
                    .param("unknown", counts.unknown())
                    .query(Long.class)
                    .single();
            PlanRows.insert(jdbc, planId, plan.objects());
            boolean invalid = !plan.obstacles().isEmpty();
            jdbc.sql("""
                    update request set plan_id = :plan, status = :status, status_message = :message, status_changed_at = :now,
                        waiting_reason = null where id = :id
                    """)
                    .param("plan", planId)
                    .param("status", (invalid ? RequestStatus.INVALID : RequestStatus.PENDING).value())
                    .param("message", invalid ? String.join(" ", plan.obstacles()) : null)
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", job.requestId())
                    .update();
            steps.finishAttempt(job.requestId(), "plan", "succeeded", null);
            steps.trail(
                    steps.fact(invalid ? "request.invalid" : "request.planned", job.request())
                            .with(Map.of("plan", publicId))
                            .digests(before, Optional.of(plan.digest())),
                    job.requestId());
        });
    }

    @Override
    public void waits(long requestId, String task, String reason) {
        transactions.executeWithoutResult(_ -> steps.waits(requestId, task, reason));
    }

    @Override
    public List<Waiting> waiting(Optional<Set<String>> facts) {
        return waiting(
                """
                (cast(:facts as text[]) is null or p.relied is null or jsonb_exists_any(p.relied, cast(:facts as text[])))
                """, "facts", facts.map(names -> names.toArray(String[]::new)).orElse(null));
    }

    @Override
    public Optional<Waiting> waiting(String request) {
        return waiting("r.public_id = :request", "request", request).stream().findFirst();
    }

    private List<Waiting> waiting(String narrowed, String name, @Nullable Object value) {
        return jdbc.sql("""
                select r.id, r.public_id, p.public_id as plan, p.relied, p.cause,
                    (select array_agg(o.kind || ' ' || o.namespace || '/' || o.name) from plan_object o where o.plan_id = p.id) as own,
                    request_basis(r.id) is not distinct from p.basis as holds
                from request r
                join identity i on i.id = r.identity_id
                join app a on a.id = i.app_id
                join cluster c on c.id = a.cluster_id
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
                        steps.facts(row.getString("relied")),
                        row.getBoolean("holds"),
                        Optional.ofNullable(row.getString("cause"))))
                .list();
    }

    @Override
    public boolean planAnew(Waiting waiting, String cause) {
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            Optional<String> digest = jdbc.sql("""
                    select p.digest from request r join plan p on p.id = r.plan_id
                    where r.id = :id and r.status = 'pending' and p.public_id = :plan for update of r
                    """)
                    .param("id", waiting.requestId())
                    .param("plan", waiting.plan())
                    .query(String.class)
                    .optional();
            if (digest.isEmpty()) {
                return false;
            }
            steps.move(waiting.requestId(), RequestStatus.PLANNING, cause);
            steps.trail(
                    steps.fact("request.replanned", waiting.request())
                            .with(Map.of("reason", cause))
                            .digests(digest, Optional.empty()),
                    waiting.requestId());
            work.plan(cluster, waiting.request(), waiting.plan());
            return true;
        }));
    }

    private Optional<String> owner(RequestTransitions.Row row) {
        return jdbc.sql("""
                select t.slug from team_namespace n join team t on t.id = n.team_id where n.cluster_id = :cluster and n.namespace = :namespace
                """)
                .param("cluster", row.app().clusterId())
                .param("namespace", row.app().namespace())
                .query(String.class)
                .optional();
    }

    /** The unique constraints cannot see these: two gateways may lead to one host, two clusters share a trust domain. */
    private List<Rival> rivals(RequestTransitions.Row row) {
        return jdbc.sql("""
                select other.public_id, d.slug, c.name from identity other
                join app a on a.id = other.app_id join cluster c on c.id = a.cluster_id join destination d on d.id = other.destination_id
                where other.id <> :identity and other.desired_revision is not null and a.namespace = :namespace
                    and a.service_account = :account and c.trust_domain = :domain
                    and d.host = (select host from destination where id = :destination)
                order by other.id
                """)
                .param("identity", row.identityId())
                .param("namespace", row.app().namespace())
                .param("account", row.app().serviceAccount())
                .param("domain", row.app().principal().trustDomain())
                .param("destination", row.destinationId())
                .query((found, _) ->
                        new Rival(found.getString("public_id"), found.getString("slug"), found.getString("name")))
                .list();
    }

    private Optional<String> presentDigest(long requestId) {
        return jdbc.sql("select p.digest from request r join plan p on p.id = r.plan_id where r.id = :id")
                .param("id", requestId)
                .query(String.class)
                .optional();
    }
}
