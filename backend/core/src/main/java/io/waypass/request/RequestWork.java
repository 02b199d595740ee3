package io.waypass.request;

import io.waypass.access.PublicIds;
import io.waypass.app.App;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.StoredCertificate;
import io.waypass.database.Rows;
import io.waypass.destination.Catalogue;
import io.waypass.directory.Cluster;
import io.waypass.directory.Directory;
import io.waypass.directory.Principal;
import io.waypass.identity.DesiredIdentity;
import io.waypass.identity.Observation;
import io.waypass.identity.Observations;
import io.waypass.sealing.SealingContext;
import io.waypass.work.WorkQueue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Requests as the applier of one cluster works on them: it makes plans, and applies what a decision covers. Every method
 * may be called again after a crash; a step that was done already changes nothing.
 */
public final class RequestWork {

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
     * @param certificate what the app would present
     * @param sealedKey its key, sealed
     * @param context what the key is bound to
     */
    public record PlanJob(
            long requestId,
            String request,
            String team,
            String basis,
            Optional<String> cause,
            Optional<String> owner,
            List<Rival> rivals,
            DesiredIdentity desired,
            StoredCertificate certificate,
            byte[] sealedKey,
            SealingContext context) {

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

    /**
     * An approved request that is to be applied.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param identityId key inside the database
     * @param desired what was rendered
     * @param certificate what goes into the Secret, but the key
     * @param sealedKey the key, sealed
     * @param context what the key is bound to
     * @param approvedDigest the digest that the decision names
     * @param objects the approved plan's own objects
     * @param relied what the cluster said when it was planned, by name of the fact
     * @param basisHolds whether the database still says what the plan was made from
     */
    public record ApplyJob(
            long requestId,
            String request,
            long identityId,
            DesiredIdentity desired,
            StoredCertificate certificate,
            byte[] sealedKey,
            SealingContext context,
            String approvedDigest,
            List<PlanObject> objects,
            Map<String, String> relied,
            boolean basisHolds) {

        @Override
        public String toString() {
            return "ApplyJob[" + request + ", revision " + desired.revision() + ", " + approvedDigest + "]";
        }
    }

    private record Row(
            long requestId,
            long identityId,
            RequestStatus status,
            String team,
            String destination,
            App app,
            int revision,
            String identity,
            String secretName,
            long certificateId,
            @Nullable Long planId,
            @Nullable String basis,
            @Nullable String cause) {}

    private static final String ROW = """
            select r.id as request_id, r.status, r.revision, r.certificate_id, r.plan_id, r.status_message as cause,
                request_basis(r.id) as basis, t.slug as request_team, i.id as identity_id,
                i.public_id as identity, i.secret_name, d.slug as destination, a.id, a.public_id, a.team_id, t.slug as team, a.cluster_id,
                c.name as cluster, c.trust_domain, a.namespace, a.name, a.service_account, a.registered_at
            from request r
            join identity i on i.id = r.identity_id
            join app a on a.id = i.app_id
            join team t on t.id = r.team_id
            join cluster c on c.id = a.cluster_id
            join destination d on d.id = i.destination_id
            where r.public_id = :request and c.name = :cluster
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final JsonMapper json;
    private final Directory directory;
    private final Catalogue catalogue;
    private final Certificates certificates;
    private final Observations observations;
    private final WorkQueue work;
    private final PublicIds ids;
    private final AuditTrail audit;
    private final Clock clock;
    private final String cluster;

    /**
     * Makes the applier's view.
     *
     * @param jdbc the applier's database
     * @param transactions for writes
     * @param json writes checks
     * @param directory knows the cluster
     * @param catalogue knows the destination
     * @param certificates for certificates and sealed keys
     * @param observations keeps what was seen
     * @param work to ask for a new plan
     * @param ids for public ids
     * @param audit the trail
     * @param clock tells when
     * @param cluster name of the applier's own cluster; other clusters' requests are not found
     */
    public RequestWork(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Directory directory,
            Catalogue catalogue,
            Certificates certificates,
            Observations observations,
            WorkQueue work,
            PublicIds ids,
            AuditTrail audit,
            Clock clock,
            String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.json = json;
        this.directory = directory;
        this.catalogue = catalogue;
        this.certificates = certificates;
        this.observations = observations;
        this.work = work;
        this.ids = ids;
        this.audit = audit;
        this.clock = clock;
        this.cluster = cluster;
    }

    /**
     * The identity that a request is about, to be locked before the request is taken up: what is read before the lock is
     * held may be out of date once it is.
     *
     * @param request {@code req_…}
     * @return key inside the database; empty if this cluster has no such request
     */
    public OptionalLong identityOf(String request) {
        return row(request).map(row -> OptionalLong.of(row.identityId())).orElse(OptionalLong.empty());
    }

    /**
     * Takes up a request to plan it.
     *
     * @param request {@code req_…}
     * @return the job; empty if it is not waiting for a plan (any more)
     */
    public Optional<PlanJob> planJob(String request) {
        return row(request)
                .filter(row -> row.status() == RequestStatus.PLANNING)
                .map(row -> {
                    StoredCertificate certificate =
                            certificates.find(row.certificateId()).orElseThrow();
                    startAttempt(row.requestId(), "plan");
                    return new PlanJob(
                            row.requestId(),
                            request,
                            row.team(),
                            String.valueOf(row.basis()),
                            Optional.ofNullable(row.cause()),
                            owner(row),
                            rivals(row),
                            desired(row, certificate),
                            certificate,
                            certificates.sealedKey(row.certificateId()),
                            context(row, certificate));
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
                finishAttempt(job.requestId(), "plan", "succeeded", "The request is " + status + " meanwhile.");
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
            finishAttempt(job.requestId(), "plan", "succeeded", null);
            trail(
                    fact(invalid ? "request.invalid" : "request.planned", job.request())
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
        transactions.executeWithoutResult(_ -> {
            jdbc.sql("update request set waiting_reason = :reason where id = :id")
                    .param("reason", reason)
                    .param("id", requestId)
                    .update();
            finishAttempt(requestId, task, "waiting", reason);
        });
    }

    /**
     * Takes up an approved request to apply it.
     *
     * @param request {@code req_…}
     * @param plan public id of the plan that was approved
     * @return the job; empty if the request is not approved with that plan (any more), or was applied already
     */
    public Optional<ApplyJob> applyJob(String request, String plan) {
        return transactions.execute(_ -> {
            Optional<Row> found = row(request)
                    .filter(row -> row.status() == RequestStatus.APPROVED
                            || row.status() == RequestStatus.APPLYING
                            || row.status() == RequestStatus.FAILED);
            if (found.isEmpty() || found.get().planId() == null) {
                return Optional.<ApplyJob>empty();
            }
            Row row = found.get();
            record Approved(String digest, Map<String, String> relied, boolean basisHolds) {}
            Optional<Approved> approved = jdbc.sql("""
                    select p.digest, p.relied, p.basis is null or p.basis = :basis as holds from plan p
                    where p.public_id = :plan and p.id = :planId and exists (select 1 from decision d
                        where d.plan_id = p.id and d.verdict = 'approved' and d.plan_digest = p.digest)
                    """)
                    .param("plan", plan)
                    .param("planId", row.planId())
                    .param("basis", row.basis())
                    .query((known, _) -> new Approved(
                            known.getString("digest"), facts(known.getString("relied")), known.getBoolean("holds")))
                    .optional();
            if (approved.isEmpty()) {
                return Optional.<ApplyJob>empty();
            }
            if (row.status() == RequestStatus.APPROVED) {
                move(row.requestId(), RequestStatus.APPLYING, null);
            }
            startAttempt(row.requestId(), "apply");
            StoredCertificate certificate =
                    certificates.find(row.certificateId()).orElseThrow();
            DesiredIdentity desired = desired(row, certificate);
            return Optional.of(new ApplyJob(
                    row.requestId(),
                    request,
                    row.identityId(),
                    desired,
                    certificate,
                    certificates.sealedKey(row.certificateId()),
                    context(row, certificate),
                    approved.get().digest(),
                    PlanRows.objects(jdbc, row.planId()),
                    approved.get().relied(),
                    approved.get().basisHolds()));
        });
    }

    /**
     * Every object is written and read back.
     *
     * @param job what was applied
     * @param observation what was read back
     */
    public void applied(ApplyJob job, Observation observation) {
        transactions.executeWithoutResult(_ -> {
            if (overtaken(job)) {
                return;
            }
            Optional<String> before = appliedDigest(job.identityId());
            move(job.requestId(), RequestStatus.APPLIED, null);
            jdbc.sql("update identity set applied_revision = :revision, in_use_until = :until where id = :id")
                    .param("revision", job.desired().revision())
                    .param("until", Rows.timestamp(job.certificate().facts().notAfter()))
                    .param("id", job.identityId())
                    .update();
            observations.record(job.identityId(), observation);
            finishAttempt(job.requestId(), "apply", "succeeded", null);
            trail(
                    fact("identity.applied", job.request())
                            .with(Map.of("identity", job.desired().publicId()))
                            .digests(before, Optional.of(job.approvedDigest())),
                    job.requestId());
        });
    }

    /**
     * The cluster refused; the request fails, and is tried again by its task.
     *
     * @param job what was tried
     * @param message the API server's words
     * @param observation what is there now
     */
    public void failed(ApplyJob job, String message, Observation observation) {
        transactions.executeWithoutResult(_ -> {
            if (overtaken(job)) {
                return;
            }
            boolean first = move(job.requestId(), RequestStatus.FAILED, message);
            observations.record(job.identityId(), observation);
            finishAttempt(job.requestId(), "apply", "failed", message);
            if (first) {
                trail(
                        fact("request.failed", job.request())
                                .with(Map.of("message", message))
                                .digests(appliedDigest(job.identityId()), Optional.of(job.approvedDigest())),
                        job.requestId());
            }
        });
    }

    /**
     * What the plan relied on no longer holds: the request goes back to planning, and nothing is applied.
     *
     * @param job what was to be applied
     * @param reason what changed
     */
    public void replan(ApplyJob job, String reason) {
        transactions.executeWithoutResult(_ -> {
            if (overtaken(job)) {
                return;
            }
            move(job.requestId(), RequestStatus.PLANNING, reason);
            finishAttempt(job.requestId(), "apply", "replanned", reason);
            trail(
                    fact("request.replanned", job.request())
                            .with(Map.of("reason", reason))
                            .digests(Optional.of(job.approvedDigest()), Optional.empty()),
                    job.requestId());
            String old = jdbc.sql("select p.public_id from plan p join request r on r.plan_id = p.id where r.id = :id")
                    .param("id", job.requestId())
                    .query(String.class)
                    .single();
            work.plan(cluster, job.request(), old);
        });
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
                        facts(row.getString("relied")),
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
            move(waiting.requestId(), RequestStatus.PLANNING, cause);
            trail(
                    fact("request.replanned", waiting.request())
                            .with(Map.of("reason", cause))
                            .digests(digest, Optional.empty()),
                    waiting.requestId());
            work.plan(cluster, waiting.request(), waiting.plan());
            return true;
        }));
    }

    private Map<String, String> facts(@Nullable String relied) {
        return relied == null ? Map.of() : json.readValue(relied, new TypeReference<Map<String, String>>() {});
    }

    private Optional<String> owner(Row row) {
        return jdbc.sql("""
                select t.slug from team_namespace n join team t on t.id = n.team_id where n.cluster_id = :cluster and n.namespace = :namespace
                """)
                .param("cluster", row.app().clusterId())
                .param("namespace", row.app().namespace())
                .query(String.class)
                .optional();
    }

    /** The unique constraints cannot see these: two gateways may lead to one host, two clusters share a trust domain. */
    private List<Rival> rivals(Row row) {
        return jdbc.sql("""
                select other.public_id, d.slug, c.name from identity other
                join app a on a.id = other.app_id join cluster c on c.id = a.cluster_id join destination d on d.id = other.destination_id
                where other.id <> :identity and other.desired_revision is not null and a.namespace = :namespace
                    and a.service_account = :account and c.trust_domain = :domain
                    and d.host = (select host from destination where slug = :destination)
                order by other.id
                """)
                .param("identity", row.identityId())
                .param("namespace", row.app().namespace())
                .param("account", row.app().serviceAccount())
                .param("domain", row.app().principal().trustDomain())
                .param("destination", row.destination())
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

    private Optional<String> appliedDigest(long identityId) {
        return jdbc.sql("""
                select p.digest from identity i join request r on r.identity_id = i.id and r.revision = i.applied_revision
                join plan p on p.id = r.plan_id where i.id = :id
                """).param("id", identityId).query(String.class).optional();
    }

    /** A newer request was approved while this one was tried again: its outcome is of no interest any more. */
    private boolean overtaken(ApplyJob job) {
        RequestStatus status = RequestStatus.of(jdbc.sql("select status from request where id = :id for update")
                .param("id", job.requestId())
                .query(String.class)
                .single());
        if (status == RequestStatus.APPLYING || status == RequestStatus.FAILED) {
            return false;
        }
        finishAttempt(job.requestId(), "apply", "failed", "The request is " + status.value() + " meanwhile.");
        return true;
    }

    private boolean move(long requestId, RequestStatus status, @Nullable String message) {
        return jdbc.sql("""
                        update request set status = :status, status_message = :message, waiting_reason = null,
                            status_changed_at = case when status = :status then status_changed_at else :now end
                        where id = :id and (status <> :status or status_message is distinct from :message or waiting_reason is not null)
                        """)
                        .param("status", status.value())
                        .param("message", message)
                        .param("now", Rows.timestamp(clock.instant()))
                        .param("id", requestId)
                        .update()
                > 0;
    }

    /** An attempt that waited goes on: an API server that is away for a day would else leave thousands of rows. */
    private void startAttempt(long requestId, String task) {
        int continued = jdbc.sql("""
                update attempt set started_at = :now, finished_at = null, outcome = null, message = null
                where id = (select max(id) from attempt where request_id = :id and task = :task) and outcome = 'waiting'
                """)
                .param("id", requestId)
                .param("task", task)
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        if (continued > 0) {
            return;
        }
        jdbc.sql("""
                insert into attempt (request_id, task, number, started_at)
                values (:id, :task, (select count(*) + 1 from attempt where request_id = :id and task = :task), :now)
                """)
                .param("id", requestId)
                .param("task", task)
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    private void finishAttempt(long requestId, String task, String outcome, @Nullable String message) {
        jdbc.sql("""
                update attempt set finished_at = :now, outcome = :outcome, message = :message
                where id = (select max(id) from attempt where request_id = :id and task = :task) and finished_at is null
                """)
                .param("now", Rows.timestamp(clock.instant()))
                .param("outcome", outcome)
                .param("message", message)
                .param("id", requestId)
                .param("task", task)
                .update();
    }

    private AuditTrail.Fact fact(String action, String request) {
        return AuditTrail.Fact.of("applier:" + cluster, action, request);
    }

    private void trail(AuditTrail.Fact fact, long requestId) {
        long team = jdbc.sql("select team_id from request where id = :id")
                .param("id", requestId)
                .query(Long.class)
                .single();
        audit.append(fact.about(team, fact.subject()));
    }

    private Optional<Row> row(String request) {
        return jdbc.sql(ROW)
                .param("request", request)
                .param("cluster", cluster)
                .query(RequestWork::row)
                .optional();
    }

    private SealingContext context(Row row, StoredCertificate certificate) {
        return new SealingContext(
                cluster,
                row.app().namespace(),
                row.app().name(),
                row.destination(),
                certificate.facts().fingerprint());
    }

    private DesiredIdentity desired(Row row, StoredCertificate certificate) {
        Catalogue.Entry entry = catalogue.entry(row.destination()).orElseThrow();
        Cluster own = directory.cluster(cluster).orElseThrow();
        return new DesiredIdentity(
                row.identity(),
                row.revision(),
                own,
                entry.gateway(),
                entry.destination(),
                row.app(),
                row.secretName(),
                certificate.fingerprints());
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        App app = new App(
                row.getLong("id"),
                row.getString("public_id"),
                row.getLong("team_id"),
                row.getString("team"),
                row.getLong("cluster_id"),
                row.getString("cluster"),
                row.getString("name"),
                new Principal(
                        row.getString("trust_domain"), row.getString("namespace"), row.getString("service_account")),
                Rows.instant(row, "registered_at"));
        return new Row(
                row.getLong("request_id"),
                row.getLong("identity_id"),
                RequestStatus.of(row.getString("status")),
                row.getString("request_team"),
                row.getString("destination"),
                app,
                row.getInt("revision"),
                row.getString("identity"),
                row.getString("secret_name"),
                row.getLong("certificate_id"),
                row.getObject("plan_id", Long.class),
                row.getString("basis"),
                row.getString("cause"));
    }
}
