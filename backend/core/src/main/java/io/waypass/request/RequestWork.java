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
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
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
     * @param desired what to render
     * @param certificate what the app would present
     * @param sealedKey its key, sealed
     * @param context what the key is bound to
     */
    public record PlanJob(
            long requestId,
            String request,
            String team,
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
            List<PlanObject> objects) {

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
            @Nullable Long planId) {}

    private static final String ROW = """
            select r.id as request_id, r.status, r.revision, r.certificate_id, r.plan_id, t.slug as request_team, i.id as identity_id,
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
            long planId = jdbc.sql("""
                    insert into plan (public_id, request_id, digest, checks, created_at, took_ms)
                    values (:id, :request, :digest, cast(:checks as jsonb), :now, :took) returning id
                    """)
                    .param("id", publicId)
                    .param("request", job.requestId())
                    .param("digest", plan.digest())
                    .param("checks", json.writeValueAsString(plan.checks()))
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("took", (int) plan.took().toMillis())
                    .query(Long.class)
                    .single();
            PlanRows.insert(jdbc, planId, plan.objects());
            boolean invalid = !plan.failures().isEmpty();
            jdbc.sql("""
                    update request set plan_id = :plan, status = :status, status_message = :message, status_changed_at = :now,
                        waiting_reason = null where id = :id
                    """)
                    .param("plan", planId)
                    .param("status", (invalid ? RequestStatus.INVALID : RequestStatus.PENDING).value())
                    .param("message", invalid ? String.join(" ", plan.failures()) : null)
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", job.requestId())
                    .update();
            finishAttempt(job.requestId(), "plan", "succeeded", null);
            trail(invalid ? "request.invalid" : "request.planned", job.request(), Map.of("digest", plan.digest()));
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
            Optional<String> digest = jdbc.sql("""
                    select d.plan_digest from decision d join plan p on p.id = d.plan_id
                    where p.public_id = :plan and p.id = :planId and d.verdict = 'approved'
                    """)
                    .param("plan", plan)
                    .param("planId", row.planId())
                    .query(String.class)
                    .optional();
            if (digest.isEmpty()) {
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
                    digest.get(),
                    PlanRows.objects(jdbc, row.planId())));
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
            move(job.requestId(), RequestStatus.APPLIED, null);
            jdbc.sql("update identity set applied_revision = :revision where id = :id")
                    .param("revision", job.desired().revision())
                    .param("id", job.identityId())
                    .update();
            observations.record(job.identityId(), observation);
            finishAttempt(job.requestId(), "apply", "succeeded", null);
            trail("identity.applied", job.request(), Map.of("digest", job.approvedDigest()));
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
                trail("request.failed", job.request(), Map.of("message", message));
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
            trail("request.replanned", job.request(), Map.of("reason", reason));
            String old = jdbc.sql("select p.public_id from plan p join request r on r.plan_id = p.id where r.id = :id")
                    .param("id", job.requestId())
                    .query(String.class)
                    .single();
            work.plan(cluster, job.request(), old);
        });
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

    private void trail(String action, String request, Map<String, String> detail) {
        audit.append(new AuditTrail.Fact(
                "applier:" + cluster,
                action,
                request,
                jdbc.sql("select team_id from request where public_id = :id")
                        .param("id", request)
                        .query(Long.class)
                        .optional(),
                Optional.of(request),
                detail));
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
                row.getObject("plan_id", Long.class));
    }
}
