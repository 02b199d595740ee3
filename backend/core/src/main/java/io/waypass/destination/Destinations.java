package io.waypass.destination;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.Operation;
import io.waypass.resource.RemovalBlockers;
import io.waypass.resource.ResourceKind;
import io.waypass.resource.Resources;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The catalogue of destinations. Everybody may read it; platform admins may change it. */
public final class Destinations {

    /** Maximum number of approvals that a request can need. */
    public static final int MAX_APPROVALS = 5;

    /**
     * A destination with its gateway.
     *
     * @param cluster name of the gateway's cluster
     */
    public record Entry(Destination destination, Gateway gateway, String cluster) {}

    /**
     * A destination to register.
     *
     * @param slug DNS label
     * @param displayName for people
     * @param cluster name of the gateway's cluster
     * @param gateway the gateway, as {@code namespace/name}
     * @param host the service's real host
     * @param port TLS port
     * @param listenPort plaintext port inside the mesh
     * @param sharedServiceEntry name of the ServiceEntry in the gateway's namespace
     * @param caBundlePem authorities that signed the service's server certificate, if known
     * @param approvals number of approvals that a request for it needs
     */
    public record NewDestination(
            String slug,
            String displayName,
            String cluster,
            String gateway,
            String host,
            int port,
            int listenPort,
            String sharedServiceEntry,
            Optional<String> caBundlePem,
            int approvals) {}

    /** Includes the gateway and its cluster, for an {@link Entry}. */
    private static final String ENTRY = """
            select d.id as d_id, d.slug, v.display_name, d.host, v.port, v.listen_port, v.shared_service_entry,
                v.ca_bundle, d.approvals, g.id, g.cluster_id, g.name, g.namespace, gv.service_account, gv.placement,
                gv.deny_by_default, c.name as cluster
            from destination d
            join resource r on r.id = d.id
            join destination_revision v on v.resource_id = d.id and v.revision = r.desired_revision
            join gateway g on g.id = d.gateway_id
            join resource gr on gr.id = g.id
            join gateway_revision gv on gv.resource_id = g.id and gv.revision = gr.desired_revision
            join cluster c on c.id = g.cluster_id
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Resources resources;
    private final Gateways gateways;
    private final AuditTrail audit;
    private final Clock clock;

    public Destinations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Resources resources,
            Gateways gateways,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.resources = resources;
        this.gateways = gateways;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every destination, by slug} */
    public List<Entry> entries() {
        return jdbc.sql(ENTRY + " where d.removed_at is null order by d.slug")
                .query(Destinations::entry)
                .list();
    }

    /** {@return the destinations of one cluster that were not removed, by slug} @param cluster its name */
    public List<Entry> entries(String cluster) {
        return jdbc.sql(ENTRY + " where c.name = :cluster and d.removed_at is null order by d.slug")
                .param("cluster", cluster)
                .query(Destinations::entry)
                .list();
    }

    public Optional<Entry> entry(String slug) {
        return jdbc.sql(ENTRY + " where d.slug = :slug and d.removed_at is null")
                .param("slug", slug)
                .query(Destinations::entry)
                .optional();
    }

    /** {@return the shared ServiceEntries of a cluster's destinations, each as namespace, slash, name} @param cluster its name */
    public Set<String> sharedServiceEntries(String cluster) {
        return Set.copyOf(
                jdbc.sql("""
                select distinct g.namespace || '/' || v.shared_service_entry from destination d join gateway g on g.id = d.gateway_id
                join resource r on r.id = d.id
                join destination_revision v on v.resource_id = d.id and v.revision = r.desired_revision
                join cluster c on c.id = d.cluster_id where c.name = :cluster
                """).param("cluster", cluster).query(String.class).list());
    }

    /**
     * Finds the resources whose calls go through a shared ServiceEntry: those about a destination behind it.
     *
     * @param cluster name
     * @param namespace of the ServiceEntry
     * @param name of the ServiceEntry
     * @return keys of those that are applied
     */
    public List<Long> appliedBehind(String cluster, String namespace, String name) {
        return jdbc.sql("""
                select o.resource_id from destination d join gateway g on g.id = d.gateway_id join cluster c on c.id = d.cluster_id
                join resource r on r.id = d.id
                join destination_revision v on v.resource_id = d.id and v.revision = r.desired_revision
                join about_destination o on o.destination_id = d.id
                join resource applied on applied.id = o.resource_id and applied.applied_revision is not null
                where c.name = :cluster and g.namespace = :namespace and v.shared_service_entry = :name
                """)
                .param("cluster", cluster)
                .param("namespace", namespace)
                .param("name", name)
                .query(Long.class)
                .list();
    }

    /**
     * Finds a destination by key, even if it was removed: requests may refer to it.
     *
     * @param id key inside the database
     */
    public Entry entry(long id) {
        return jdbc.sql(ENTRY + " where d.id = :id")
                .param("id", id)
                .query(Destinations::entry)
                .single();
    }

    /**
     * Registers a destination.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or the input is not valid
     */
    public Entry register(Person person, NewDestination destination) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/slug", "destination's slug", destination.slug()).ifPresent(problems::add);
        KubernetesNames.label("/sharedServiceEntry", "ServiceEntry", destination.sharedServiceEntry())
                .ifPresent(problems::add);
        KubernetesNames.host("/host", destination.host()).ifPresent(problems::add);
        port("/port", destination.port(), problems);
        port("/listenPort", destination.listenPort(), problems);
        problem(destination.approvals()).ifPresent(problems::add);
        if (destination.displayName().isBlank()) {
            problems.add(new InputProblem("/displayName", "name.missing", "The destination needs a name for people."));
        }
        destination
                .caBundlePem()
                .ifPresent(bundle -> new CertificateIntake(clock)
                        .judgeCaBundle(bundle)
                        .forEach(finding ->
                                problems.add(new InputProblem("/caBundle", finding.code(), finding.message()))));
        Optional<Gateway> gateway = gateways.find(destination.cluster(), destination.gateway());
        if (gateway.isEmpty()) {
            problems.add(new InputProblem(
                    "/gateway",
                    "gateway.unknown",
                    "Cluster “" + destination.cluster() + "” has no gateway “" + destination.gateway()
                            + "”. Name it as namespace/name, and register it first."));
        }
        InvalidInput.throwIfAny(problems);
        try {
            return transactions.execute(_ -> {
                insert(gateway.orElseThrow(), destination);
                Entry registered = entry(destination.slug()).orElseThrow();
                audit.append(AuditTrail.Fact.of(person.subject(), "destination.registered", destination.slug())
                        .with(Map.of("host", destination.host()))
                        .digests(Optional.empty(), Optional.of(digest(registered))));
                return registered;
            });
        } catch (DuplicateKeyException e) {
            throw new Conflict(
                    "destination.exists",
                    "This destination exists",
                    "The catalogue has “" + destination.slug() + "”, or another destination with the host "
                            + destination.host() + " at this gateway, already.");
        }
    }

    /**
     * Changes how many approvals a request for a destination needs, inside the caller's transaction.
     *
     * @param person the actor in the audit trail
     * @param before the destination's current state
     * @param approvals 1 to {@value #MAX_APPROVALS}
     */
    public Entry changeApprovals(Person person, Entry before, int approvals) {
        String slug = before.destination().slug();
        jdbc.sql("update destination set approvals = :approvals where id = :id")
                .param("approvals", approvals)
                .param("id", before.destination().id())
                .update();
        Entry after = entry(slug).orElseThrow();
        audit.append(AuditTrail.Fact.of(person.subject(), "destination.changed", slug)
                .with(Map.of("approvals", Integer.toString(approvals)))
                .digests(Optional.of(digest(before)), Optional.of(digest(after))));
        return after;
    }

    /**
     * Removes a destination without identities that are in the cluster or in an open request. Its requests stay
     * readable, and its slug and host can be registered again.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or an identity prevents it
     */
    public void remove(Person person, String slug) {
        person.requireAdmin();
        Entry removed = entry(slug).orElseThrow(() -> new NotFound("destination", slug));
        long id = removed.destination().id();
        transactions.executeWithoutResult(_ -> {
            // locks out new requests for the destination: a submission locks the row, too
            jdbc.sql("select id from destination where id = :id for update")
                    .param("id", id)
                    .query(Long.class)
                    .single();
            RemovalBlockers.identities(jdbc, RemovalBlockers.Of.DESTINATION, id, slug)
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
            int gone = jdbc.sql("update destination set removed_at = :now where id = :id and removed_at is null")
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", id)
                    .update();
            if (gone == 0) {
                throw new NotFound("destination", slug);
            }
            audit.append(AuditTrail.Fact.of(person.subject(), "destination.removed", slug)
                    .with(Map.of("host", removed.destination().host()))
                    .digests(Optional.of(digest(removed)), Optional.empty()));
        });
    }

    private void insert(Gateway gateway, NewDestination destination) {
        long id = resources.create(ResourceKind.DESTINATION, gateway.clusterId(), Optional.empty());
        jdbc.sql("""
                insert into destination (id, cluster_id, slug, gateway_id, host, approvals, created_at)
                values (:id, :cluster, :slug, :gateway, :host, :approvals, :now)
                """)
                .param("id", id)
                .param("cluster", gateway.clusterId())
                .param("slug", destination.slug())
                .param("gateway", gateway.id())
                .param("host", destination.host())
                .param("approvals", destination.approvals())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        int revision = resources.addRevision(id, Operation.KEEP);
        jdbc.sql("""
                insert into destination_revision (resource_id, revision, display_name, port, listen_port, shared_service_entry, ca_bundle)
                values (:id, :revision, :name, :port, :listen, :entry, :ca)
                """)
                .param("id", id)
                .param("revision", revision)
                .param("name", destination.displayName())
                .param("port", destination.port())
                .param("listen", destination.listenPort())
                .param("entry", destination.sharedServiceEntry())
                .param("ca", destination.caBundlePem().orElse(null))
                .update();
        resources.desire(id, revision);
    }

    /** {@return the problem with a number of approvals, if there is one} */
    public static Optional<InputProblem> problem(int approvals) {
        return approvals >= 1 && approvals <= MAX_APPROVALS
                ? Optional.empty()
                : Optional.of(new InputProblem(
                        "/approvals",
                        "approvals.invalid",
                        "A request takes 1 to " + MAX_APPROVALS + " approvals, each by another person."));
    }

    private static String digest(Entry entry) {
        Destination destination = entry.destination();
        return AuditTrail.digest(
                destination.slug(),
                destination.displayName(),
                entry.cluster(),
                entry.gateway().namespace() + "/" + entry.gateway().name(),
                destination.host(),
                destination.port(),
                destination.listenPort(),
                destination.sharedServiceEntry(),
                destination.caBundlePem().orElse(""),
                destination.approvals());
    }

    private static void port(String pointer, int port, List<InputProblem> problems) {
        if (port < 1 || port > 65_535) {
            problems.add(new InputProblem(pointer, "port.invalid", "A port is a number from 1 to 65535."));
        }
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                new Destination(
                        row.getLong("d_id"),
                        row.getString("slug"),
                        row.getString("display_name"),
                        row.getString("host"),
                        row.getInt("port"),
                        row.getInt("listen_port"),
                        row.getString("shared_service_entry"),
                        Optional.ofNullable(row.getString("ca_bundle")),
                        row.getInt("approvals")),
                new Gateway(
                        row.getLong("id"),
                        row.getLong("cluster_id"),
                        row.getString("name"),
                        row.getString("namespace"),
                        row.getString("service_account"),
                        Placement.of(row.getString("placement")),
                        row.getBoolean("deny_by_default")),
                row.getString("cluster"));
    }
}
