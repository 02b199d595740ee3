package io.waypass.request;

import io.waypass.app.App;
import io.waypass.app.Principal;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.Clusters;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.ObjectPlace;
import io.waypass.sealing.SealingContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** What planning and reconciling share: reading a request of the applier's own cluster, and moving it on. */
public final class RequestTransitions {

    public record Row(
            long requestId,
            String request,
            RequestKind kind,
            long identityId,
            RequestStatus status,
            String team,
            String destination,
            long destinationId,
            App app,
            int revision,
            String identity,
            String secretName,
            Optional<Long> certificateId,
            @Nullable Long planId,
            @Nullable String basis,
            @Nullable String cause) {}

    private static final String ROW = """
            select r.id as request_id, r.public_id as request, r.kind, r.status, r.revision, r.certificate_id, r.plan_id,
                r.status_message as cause, request_basis(r.id) as basis, t.slug as request_team, i.id as identity_id,
                i.public_id as identity, i.secret_name, d.slug as destination, d.id as destination_id, a.id, a.public_id, a.team_id, t.slug as team, a.cluster_id,
                c.name as cluster, c.trust_domain, a.namespace, a.name, a.service_account, a.registered_at
            from request r
            join identity i on i.id = r.identity_id
            join app a on a.id = i.app_id
            join team t on t.id = r.team_id
            join cluster c on c.id = a.cluster_id
            join destination d on d.id = i.destination_id
            where c.name = :cluster and
            """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clusters clusters;
    private final Destinations destinations;
    private final Certificates certificates;
    private final AuditTrail audit;
    private final Clock clock;
    private final String cluster;

    public RequestTransitions(
            JdbcClient jdbc,
            JsonMapper json,
            Clusters clusters,
            Destinations destinations,
            Certificates certificates,
            AuditTrail audit,
            Clock clock,
            String cluster) {
        this.jdbc = jdbc;
        this.json = json;
        this.clusters = clusters;
        this.destinations = destinations;
        this.certificates = certificates;
        this.audit = audit;
        this.clock = clock;
        this.cluster = cluster;
    }

    public Optional<Row> row(String request) {
        return jdbc.sql(ROW + " r.public_id = :request")
                .param("request", request)
                .param("cluster", cluster)
                .query(RequestTransitions::row)
                .optional();
    }

    public Optional<Row> row(long identityId, int revision) {
        return jdbc.sql(ROW + " r.identity_id = :identity and r.revision = :revision")
                .param("identity", identityId)
                .param("revision", revision)
                .param("cluster", cluster)
                .query(RequestTransitions::row)
                .optional();
    }

    /** What the request's app would present; empty for one that takes an identity away. */
    public Optional<Credential> credential(Row row) {
        return row.certificateId().map(id -> {
            StoredCertificate certificate = certificates.find(id).orElseThrow();
            return new Credential(
                    certificate,
                    certificates.sealedKey(id),
                    new SealingContext(
                            cluster,
                            row.app().namespace(),
                            row.app().name(),
                            row.destination(),
                            certificate.facts().fingerprint()));
        });
    }

    /** What to render; what brings no certificate of its own has that of an earlier revision. */
    public IdentitySpec desired(Row row) {
        Destinations.Entry entry = destinations.entry(row.destinationId());
        long certificate = row.certificateId()
                .orElseGet(() -> jdbc.sql("""
                        select certificate_id from request where identity_id = :identity and certificate_id is not null
                            and revision < :revision order by revision desc limit 1
                        """)
                        .param("identity", row.identityId())
                        .param("revision", row.revision())
                        .query(Long.class)
                        .single());
        return new IdentitySpec(
                row.identity(),
                row.revision(),
                clusters.find(cluster).orElseThrow(),
                entry.gateway(),
                entry.destination(),
                row.app(),
                row.secretName(),
                certificates.find(certificate).orElseThrow().fingerprints());
    }

    /** The uid of each object as it was seen last: by that our own are known, whatever was done to their marks. */
    public Map<ObjectPlace, String> known(long identityId) {
        return jdbc
                .sql(
                        "select kind, namespace, name, uid from observed_object where identity_id = :id and uid is not null")
                .param("id", identityId)
                .query((row, _) -> Map.entry(
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")),
                        row.getString("uid")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue, (_, newer) -> newer));
    }

    public Map<String, String> facts(@Nullable String relied) {
        return relied == null ? Map.of() : json.readValue(relied, new TypeReference<Map<String, String>>() {});
    }

    public boolean move(long requestId, RequestStatus status, @Nullable String message) {
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

    /**
     * An attempt that waited goes on: an API server that is away for a day would else leave thousands of rows. So does one that nobody
     * ended, since its applier died or found that somebody had changed an object in between: it would be said to run for ever. When it
     * started is when the last applier took it up.
     */
    public void startAttempt(long requestId, String task) {
        int continued = jdbc.sql("""
                update attempt set started_at = :now, finished_at = null, outcome = null, message = null
                where id = (select max(id) from attempt where request_id = :id and task = :task)
                    and (outcome = 'waiting' or finished_at is null)
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

    /** Ends what an applier that died left open of requests that somebody withdrew, or superseded, since. */
    public void endAbandonedAttempts(long identityId) {
        jdbc.sql("""
                update attempt t set finished_at = :now, outcome = 'failed', message = 'The request is ' || r.status || ' meanwhile.'
                from request r where r.id = t.request_id and r.identity_id = :identity and t.finished_at is null
                    and r.status in ('superseded', 'withdrawn', 'rejected', 'invalid')
                """)
                .param("now", Rows.timestamp(clock.instant()))
                .param("identity", identityId)
                .update();
    }

    public void finishAttempt(long requestId, String task, String outcome, @Nullable String message) {
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

    /** The status stays; why it stays is told. */
    public void waits(long requestId, String task, String reason) {
        jdbc.sql(
                        "update request set waiting_reason = :reason where id = :id and status in ('planning', 'approved', 'applying', 'failed')")
                .param("reason", reason)
                .param("id", requestId)
                .update();
        finishAttempt(requestId, task, "waiting", reason);
    }

    public AuditTrail.Fact fact(String action, String request) {
        return AuditTrail.Fact.of("applier:" + cluster, action, request);
    }

    public void trail(AuditTrail.Fact fact, long requestId) {
        long team = jdbc.sql("select team_id from request where id = :id")
                .param("id", requestId)
                .query(Long.class)
                .single();
        audit.append(fact.about(team, fact.subject()));
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
                row.getString("request"),
                RequestKind.of(row.getString("kind")),
                row.getLong("identity_id"),
                RequestStatus.of(row.getString("status")),
                row.getString("request_team"),
                row.getString("destination"),
                row.getLong("destination_id"),
                app,
                row.getInt("revision"),
                row.getString("identity"),
                row.getString("secret_name"),
                Optional.ofNullable(row.getObject("certificate_id", Long.class)),
                row.getObject("plan_id", Long.class),
                row.getString("basis"),
                row.getString("cause"));
    }
}
