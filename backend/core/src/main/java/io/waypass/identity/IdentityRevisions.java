package io.waypass.identity;

import io.waypass.app.App;
import io.waypass.app.Principal;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import io.waypass.resource.Operation;
import io.waypass.resource.ResourceKind;
import io.waypass.resource.Resources;
import io.waypass.sealing.SealingContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Repository of identities and their revisions; runs inside the caller's transaction. */
public final class IdentityRevisions {

    /**
     * The state of an identity's revisions.
     *
     * @param id key of the identity
     * @param desired whether a revision is desired
     * @param applied whether a revision is applied
     * @param settled whether the desired revision is the applied one
     */
    public record Standing(long id, boolean desired, boolean applied, boolean settled) {}

    /**
     * One revision, as an applier uses it.
     *
     * @param spec what to render
     * @param credential what the app presents; empty for a retirement
     * @param destinationKept whether the catalogue still has the destination; otherwise the objects that its identities share belong to
     *     nothing
     */
    public record Loaded(IdentitySpec spec, Optional<Credential> credential, boolean destinationKept) {}

    /**
     * The revision of an identity that is applied.
     *
     * @param identity {@code idn_…}
     */
    public record Applied(long resourceId, String identity, int revision) {}

    /** @param certificateRevision the first revision with its certificate: a later one may present that of an earlier one */
    private record Row(
            long id,
            String identity,
            int revision,
            String secretName,
            Optional<Long> certificateId,
            int certificateRevision,
            long destinationId,
            boolean destinationKept,
            App app) {}

    private static final String REVISION = """
            select i.id as identity_id, rs.public_id as identity, ir.revision, i.secret_name, ir.certificate_id,
                (select min(brought.revision) from identity_revision brought
                    where brought.resource_id = i.id and brought.certificate_id = coalesce(ir.certificate_id,
                        (select earlier.certificate_id from identity_revision earlier
                            where earlier.resource_id = i.id and earlier.revision < ir.revision
                                and earlier.certificate_id is not null
                            order by earlier.revision desc limit 1))) as certificate_revision, i.destination_id,
                d.removed_at is null as kept, d.slug as destination, a.id, a.public_id, a.team_id, t.slug as team, a.cluster_id,
                c.name as cluster, c.trust_domain, a.namespace, a.name, a.service_account, a.registered_at
            from identity i
            join resource rs on rs.id = i.id
            join identity_revision ir on ir.resource_id = i.id
            join app a on a.id = i.app_id
            join team t on t.id = a.team_id
            join cluster c on c.id = a.cluster_id
            join destination d on d.id = i.destination_id
            """;

    private final JdbcClient jdbc;
    private final Resources resources;
    private final Clusters clusters;
    private final Destinations destinations;
    private final Certificates certificates;

    public IdentityRevisions(
            JdbcClient jdbc,
            Resources resources,
            Clusters clusters,
            Destinations destinations,
            Certificates certificates) {
        this.jdbc = jdbc;
        this.resources = resources;
        this.clusters = clusters;
        this.destinations = destinations;
        this.certificates = certificates;
    }

    /**
     * Finds an app's identity at a destination, and locks the app: the first identity of an app gets the guide's name for the Secret.
     *
     * @param appId key of the app
     * @param destinationId key of the destination
     * @return empty if there is none
     */
    public Optional<Standing> lock(long appId, long destinationId) {
        jdbc.sql("select pg_advisory_xact_lock(7092148, cast(:app as integer))")
                .param("app", appId)
                .query((_, _) -> appId)
                .single();
        Optional<Standing> standing = jdbc.sql("""
                select i.id, r.desired_revision is not null as desired, r.applied_revision is not null as applied,
                    r.desired_revision is not distinct from r.applied_revision as settled
                from identity i join resource r on r.id = i.id where i.app_id = :app and i.destination_id = :destination
                """)
                .param("app", appId)
                .param("destination", destinationId)
                .query((row, _) -> new Standing(
                        row.getLong("id"),
                        row.getBoolean("desired"),
                        row.getBoolean("applied"),
                        row.getBoolean("settled")))
                .optional();
        standing.ifPresent(found -> resources.lock(found.id()));
        return standing;
    }

    /** {@return key of a new identity without revisions} */
    public long create(App app, Destinations.Entry entry) {
        long id = resources.create(ResourceKind.IDENTITY, app.clusterId(), Optional.of(app.teamId()));
        jdbc.sql("""
                insert into identity (id, cluster_id, app_id, destination_id, secret_name)
                values (:id, :cluster, :app, :destination, :secret)
                """)
                .param("id", id)
                .param("cluster", app.clusterId())
                .param("app", app.id())
                .param("destination", entry.destination().id())
                .param("secret", secretName(app, entry))
                .update();
        return id;
    }

    /**
     * The guide's name for the first Secret of an app's first identity. A slug can be registered again after its first destination was removed.
     */
    private String secretName(App app, Destinations.Entry entry) {
        List<String> taken = jdbc.sql("select secret_name from identity where app_id = :app")
                .param("app", app.id())
                .query(String.class)
                .list();
        String slug = entry.destination().slug();
        String name = app.name() + (taken.isEmpty() ? "" : "." + slug) + IdentitySpec.SECRET_ENDING;
        for (int number = 2; taken.contains(name); number++) {
            name = app.name() + "." + slug + "." + number + IdentitySpec.SECRET_ENDING;
        }
        return name;
    }

    /**
     * Adds a revision.
     *
     * @param identityId key of the identity
     * @param certificateId key of the certificate; empty for a retirement
     * @return number of the revision
     */
    public int add(long identityId, Optional<Long> certificateId) {
        Operation operation = certificateId.isPresent() ? Operation.KEEP : Operation.RETIRE;
        int revision = resources.addRevision(identityId, operation);
        jdbc.sql("""
                insert into identity_revision (resource_id, revision, operation, certificate_id)
                values (:id, :revision, :operation, :certificate)
                """)
                .param("id", identityId)
                .param("revision", revision)
                .param("operation", operation.value())
                .param("certificate", certificateId.orElse(null))
                .update();
        return revision;
    }

    /**
     * Loads a revision.
     *
     * @param identityId key of the identity
     * @param cluster name of the applier's own cluster
     */
    public Loaded load(long identityId, int revision, String cluster) {
        Row row = jdbc.sql(REVISION + " where i.id = :id and ir.revision = :revision")
                .param("id", identityId)
                .param("revision", revision)
                .query(IdentityRevisions::row)
                .single();
        Destinations.Entry entry = destinations.entry(row.destinationId());
        StoredCertificate certificate = certificates
                .find(row.certificateId().orElseGet(() -> certificateBefore(identityId, revision)))
                .orElseThrow();
        return new Loaded(
                spec(row, clusters.find(cluster).orElseThrow(), entry, certificate),
                row.certificateId().map(_ -> credential(certificate, row.app(), entry, cluster)),
                row.destinationKept());
    }

    private static IdentitySpec spec(
            Row row, Cluster cluster, Destinations.Entry entry, StoredCertificate certificate) {
        return new IdentitySpec(
                row.identity(),
                row.revision(),
                cluster,
                entry.gateway(),
                entry.destination(),
                row.app(),
                row.secretName(),
                row.certificateRevision(),
                certificate.fingerprints());
    }

    /** {@return the identities of a cluster that are applied} @param cluster name */
    public List<Applied> applied(String cluster) {
        return jdbc.sql("""
                select r.id, r.public_id, r.applied_revision from resource r join cluster c on c.id = r.cluster_id
                join identity_revision ir on ir.resource_id = r.id and ir.revision = r.applied_revision and ir.certificate_id is not null
                where c.name = :cluster order by r.id
                """)
                .param("cluster", cluster)
                .query((row, _) ->
                        new Applied(row.getLong("id"), row.getString("public_id"), row.getInt("applied_revision")))
                .list();
    }

    /**
     * Loads the applied revisions of identities, with few queries for many.
     *
     * @param identities public ids
     * @return by the key of the identity; those that are not applied are left out
     */
    public Map<Long, IdentitySpec> appliedSpecs(Collection<String> identities, String cluster) {
        List<Row> rows = jdbc.sql(REVISION
                        + " where rs.public_id = any(:ids) and ir.revision = rs.applied_revision and ir.certificate_id is not null"
                        + " and c.name = :cluster")
                .param("ids", identities.toArray(String[]::new))
                .param("cluster", cluster)
                .query(IdentityRevisions::row)
                .list();
        Cluster here = clusters.find(cluster).orElseThrow();
        Map<Long, Destinations.Entry> entries = new HashMap<>();
        Map<Long, StoredCertificate> certificates =
                this.certificates
                        .find(rows.stream()
                                .map(row -> row.certificateId().orElseThrow())
                                .toList())
                        .stream()
                        .collect(Collectors.toMap(StoredCertificate::id, Function.identity()));
        return rows.stream()
                .collect(Collectors.toMap(
                        Row::id,
                        row -> spec(
                                row,
                                here,
                                entries.computeIfAbsent(row.destinationId(), destinations::entry),
                                certificates.get(row.certificateId().orElseThrow()))));
    }

    private Credential credential(StoredCertificate certificate, App app, Destinations.Entry entry, String cluster) {
        return new Credential(
                certificate,
                certificates.sealedKey(certificate.id()),
                new SealingContext(
                        cluster,
                        app.namespace(),
                        app.name(),
                        entry.destination().slug(),
                        certificate.facts().fingerprint()));
    }

    /** The certificate of the revision before a retirement. */
    private long certificateBefore(long identityId, int revision) {
        return jdbc.sql("""
                select certificate_id from identity_revision
                where resource_id = :id and certificate_id is not null and revision < :revision order by revision desc limit 1
                """)
                .param("id", identityId)
                .param("revision", revision)
                .query(Long.class)
                .single();
    }

    /**
     * Finds other desired identities for the same principal at the same host. Unique constraints cannot exclude these: two gateways may
     * lead to one host, and two clusters may share a trust domain.
     *
     * @param identityId key of the identity
     */
    public List<Rival> rivals(long identityId, IdentitySpec spec) {
        return jdbc.sql("""
                select other.public_id, d.slug, c.name from resource other
                join identity i on i.id = other.id
                join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id join destination d on d.id = i.destination_id
                where other.id <> :identity and other.desired_revision is not null and a.namespace = :namespace
                    and a.service_account = :account and c.trust_domain = :domain and d.host = :host
                order by other.id
                """)
                .param("identity", identityId)
                .param("namespace", spec.app().namespace())
                .param("account", spec.app().serviceAccount())
                .param("domain", spec.app().principal().trustDomain())
                .param("host", spec.destination().host())
                .query((row, _) -> new Rival(row.getString("public_id"), row.getString("slug"), row.getString("name")))
                .list();
    }

    /**
     * Records the end of validity of the certificate that an identity presents.
     *
     * @param identityId key of the identity
     * @param until empty if the identity presents none
     */
    public void inUseUntil(long identityId, Optional<Instant> until) {
        jdbc.sql("update identity set in_use_until = :until where id = :id")
                .param("until", until.map(Rows::timestamp).orElse(null))
                .param("id", identityId)
                .update();
    }

    private static Row row(ResultSet row, int number) throws SQLException {
        return new Row(
                row.getLong("identity_id"),
                row.getString("identity"),
                row.getInt("revision"),
                row.getString("secret_name"),
                Optional.ofNullable(row.getObject("certificate_id", Long.class)),
                row.getInt("certificate_revision"),
                row.getLong("destination_id"),
                row.getBoolean("kept"),
                new App(
                        row.getLong("id"),
                        row.getString("public_id"),
                        row.getLong("team_id"),
                        row.getString("team"),
                        row.getLong("cluster_id"),
                        row.getString("cluster"),
                        row.getString("name"),
                        new Principal(
                                row.getString("trust_domain"),
                                row.getString("namespace"),
                                row.getString("service_account")),
                        Rows.instant(row, "registered_at")));
    }
}
