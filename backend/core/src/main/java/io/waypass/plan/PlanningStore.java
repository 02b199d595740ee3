package io.waypass.plan;

import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.reconcile.TaskQueue;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.resource.ObjectPlace;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests as the applier of one cluster works on them: it makes plans, and applies what a decision covers. Every method
 * may be called again after a crash; a step that was done already changes nothing.
 */
public final class PlanningStore {

    /**
     * A request that is to be planned.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param team slug of the team that asks
     * @param basis stands for everything in the database that the plan is made from
     * @param cause why a plan is made anew; empty for the first
     * @param owner slug of the team that the app's namespace belongs to now, if any
     * @param rivals other identities for the same principal at the same host
     * @param desired what to render
     * @param kind what is asked for
     * @param credential what the app would present; empty for a retirement
     * @param known uid of each of its objects as it was seen last, by place
     * @param written the identity's own objects of every plan that was approved: they may be in the cluster; each in its newest form
     */
    public record PlanJob(
            long requestId,
            String request,
            String team,
            String basis,
            Optional<String> cause,
            Optional<String> owner,
            List<Rival> rivals,
            IdentitySpec desired,
            RequestKind kind,
            Optional<Credential> credential,
            Map<ObjectPlace, String> known,
            List<PlanObject> written) {

        /** Copies the lists. */
        public PlanJob {
            rivals = List.copyOf(rivals);
            known = Map.copyOf(known);
            written = List.copyOf(written);
        }

        @Override
        public String toString() {
            return "PlanJob[" + request + ", revision " + desired.revision() + "]";
        }
    }

    /**
     * Another identity for the same principal at the same host.
     *
     * @param identity {@code idn_…}
     * @param destination slug
     * @param cluster name
     */
    public record Rival(String identity, String destination, String cluster) {}

    /**
     * A request that waits for a decision, and what its plan relied on.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param plan public id of its plan
     * @param own the plan's own objects, each as kind, space, namespace, slash, name
     * @param relied what the cluster said, by name of the fact; empty in plans of earlier versions
     * @param basisHolds whether the database still says what the plan was made from
     * @param cause why the plan took the place of an earlier one; empty for the first
     */
    public record Waiting(
            long requestId,
            String request,
            String plan,
            Set<String> own,
            Map<String, String> relied,
            boolean basisHolds,
            Optional<String> cause) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final JsonMapper json;
    private final TaskQueue work;
    private final PublicIds ids;
    private final Clock clock;
    private final String cluster;
    private final RequestTransitions steps;

    /**
     * Makes the applier's view.
     *
     * @param jdbc the applier's database
     * @param transactions for writes
     * @param json writes checks
     * @param clusters knows the cluster
     * @param destinations knows the destination
     * @param certificates for certificates and sealed keys
     * @param work to ask for a new plan
     * @param ids for public ids
     * @param audit the trail
     * @param clock tells when
     * @param cluster name of the applier's own cluster; other clusters' requests are not found
     */
    public PlanningStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Clusters clusters,
            Destinations destinations,
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
        this.steps = new RequestTransitions(jdbc, json, clusters, destinations, certificates, audit, clock, cluster);
    }

    /**
     * Takes up a request to plan it.
     *
     * @param request {@code req_…}
     * @return the job; empty if it is not waiting for a plan (any more)
     */
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

    /**
     * Keeps a plan and moves the request on: to {@code pending}, or to {@code invalid} if a check failed.
     *
     * @param job what was planned
     * @param plan what was found
     */
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

    /**
     * Says why a request is still not planned or applied; its status stays.
     *
     * @param requestId key inside the database
     * @param task {@code plan} or {@code apply}
     * @param reason for people, such as an API server that does not answer, and when it is tried again
     */
    public void waits(long requestId, String task, String reason) {
        transactions.executeWithoutResult(_ -> steps.waits(requestId, task, reason));
    }

    /**
     * The requests that wait for a decision in this cluster.
     *
     * @param facts only those whose plan relied on one of these; empty for all of them
     * @return oldest first
     */
    public List<Waiting> waiting(Optional<Set<String>> facts) {
        return waiting(
                """
                (cast(:facts as text[]) is null or p.relied is null or jsonb_exists_any(p.relied, cast(:facts as text[])))
                """, "facts", facts.map(names -> names.toArray(String[]::new)).orElse(null));
    }

    /**
     * One request that waits for a decision in this cluster.
     *
     * @param request {@code req_…}
     * @return it, if it waits
     */
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

    /**
     * What a plan was made from has changed while it waited for a decision: it is made anew.
     *
     * @param waiting the request and the plan that no longer holds
     * @param cause what changed, for people
     * @return whether it goes back to planning; not if it was decided, withdrawn or planned anew meanwhile
     */
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
