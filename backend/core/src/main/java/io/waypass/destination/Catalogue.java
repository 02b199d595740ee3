package io.waypass.destination;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Directory;
import io.waypass.cluster.Flavour;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.RemovalBlockers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Gateways and destinations: read by all, written by platform admins. */
public final class Catalogue {

    /** The most approvals that a request can take. */
    public static final int MAX_APPROVALS = 5;

    /**
     * A destination with what leads there.
     *
     * @param destination the destination
     * @param gateway its gateway
     * @param cluster name of the gateway's cluster
     */
    public record Entry(Destination destination, Gateway gateway, String cluster) {}

    /**
     * A gateway to be registered.
     *
     * @param cluster name
     * @param name of the Gateway object
     * @param namespace of the Gateway object
     * @param serviceAccount that its pods run as; Istio names it after the gateway
     * @param placement where objects of identities live
     * @param denyByDefault whether apps without an identity are refused at its destinations
     */
    public record NewGateway(
            String cluster,
            String name,
            String namespace,
            String serviceAccount,
            Placement placement,
            boolean denyByDefault) {

        /**
         * A gateway that refuses apps without an identity.
         *
         * @param cluster name
         * @param name of the Gateway object
         * @param namespace of the Gateway object
         * @param serviceAccount that its pods run as
         * @param placement where objects of identities live
         */
        public NewGateway(String cluster, String name, String namespace, String serviceAccount, Placement placement) {
            this(cluster, name, namespace, serviceAccount, placement, true);
        }
    }

    /**
     * A destination to be registered.
     *
     * @param slug DNS label
     * @param displayName for people
     * @param cluster name of the gateway's cluster
     * @param gateway the gateway, as {@code namespace/name}
     * @param host the service's real host
     * @param port TLS port
     * @param listenPort plaintext port inside the mesh
     * @param sharedServiceEntry name of the ServiceEntry in the gateway's namespace
     * @param caBundlePem who signs the service's server certificate, if known
     * @param approvals how many approvals a request for it takes
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

    private static final String GATEWAY =
            "select g.id, g.cluster_id, g.name, g.namespace, g.service_account, g.placement, g.deny_by_default from gateway g";
    private static final String ENTRY = """
            select d.id as d_id, d.slug, d.display_name, d.gateway_id, d.host, d.port, d.listen_port, d.shared_service_entry,
                d.ca_bundle, d.approvals, g.id, g.cluster_id, g.name, g.namespace, g.service_account, g.placement,
                g.deny_by_default, c.name as cluster
            from destination d join gateway g on g.id = d.gateway_id join cluster c on c.id = g.cluster_id
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Directory directory;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the catalogue.
     *
     * @param jdbc the process's database
     * @param transactions for writes
     * @param directory knows the clusters
     * @param audit for writes
     * @param clock tells when
     */
    public Catalogue(
            JdbcClient jdbc, TransactionOperations transactions, Directory directory, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.directory = directory;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every destination, by slug} */
    public List<Entry> entries() {
        return jdbc.sql(ENTRY + " where d.removed_at is null order by d.slug")
                .query(Catalogue::entry)
                .list();
    }

    /**
     * Finds a destination.
     *
     * @param slug its slug
     * @return the destination with its gateway, if there is one
     */
    public Optional<Entry> entry(String slug) {
        return jdbc.sql(ENTRY + " where d.slug = :slug and d.removed_at is null")
                .param("slug", slug)
                .query(Catalogue::entry)
                .optional();
    }

    /**
     * Finds a destination that something was asked for, also if it was removed since.
     *
     * @param id key inside the database
     * @return the destination with its gateway
     */
    public Entry entry(long id) {
        return jdbc.sql(ENTRY + " where d.id = :id")
                .param("id", id)
                .query(Catalogue::entry)
                .single();
    }

    /** {@return every gateway, by cluster and name} */
    public List<Gateway> gateways() {
        return jdbc.sql(GATEWAY + " order by g.cluster_id, g.namespace, g.name")
                .query(Catalogue::gateway)
                .list();
    }

    /**
     * Registers a gateway.
     *
     * @param person a platform admin
     * @param gateway what to register
     * @return the gateway
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Gateway registerGateway(Person person, NewGateway gateway) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/name", "gateway's name", gateway.name()).ifPresent(problems::add);
        KubernetesNames.label("/namespace", "namespace", gateway.namespace()).ifPresent(problems::add);
        KubernetesNames.serviceAccount("/serviceAccount", gateway.serviceAccount())
                .ifPresent(problems::add);
        Optional<Cluster> cluster = directory.cluster(gateway.cluster());
        if (cluster.isEmpty()) {
            problems.add(unknownCluster(gateway.cluster()));
        }
        if (cluster.filter(c -> c.flavour() == Flavour.UPSTREAM).isPresent()
                && gateway.placement() == Placement.TEAM_NAMESPACE) {
            // measured: every status is True, yet calls leave in plaintext
            problems.add(new InputProblem(
                    "/placement",
                    "placement.unsupported",
                    "Upstream Istio lets no waypoint read secrets of app namespaces: every status would be True, and calls would"
                            + " leave without a certificate. Use the placement gateway-namespace on this cluster."));
        }
        refuse(problems);
        try {
            return transactions.execute(_ -> {
                long id = jdbc.sql("""
                        insert into gateway (cluster_id, name, namespace, service_account, placement, deny_by_default, created_at)
                        values (:cluster, :name, :namespace, :account, :placement, :deny, :now) returning id
                        """)
                        .param("cluster", cluster.orElseThrow().id())
                        .param("name", gateway.name())
                        .param("namespace", gateway.namespace())
                        .param("account", gateway.serviceAccount())
                        .param("placement", gateway.placement().value())
                        .param("deny", gateway.denyByDefault())
                        .param("now", Rows.timestamp(clock.instant()))
                        .query(Long.class)
                        .single();
                audit.append(AuditTrail.Fact.of(
                                person.subject(), "gateway.registered", gateway.namespace() + "/" + gateway.name())
                        .with(Map.of("cluster", gateway.cluster()))
                        .digests(
                                Optional.empty(),
                                Optional.of(AuditTrail.digest(
                                        gateway.cluster(),
                                        gateway.namespace(),
                                        gateway.name(),
                                        gateway.serviceAccount(),
                                        gateway.placement().value(),
                                        gateway.denyByDefault()))));
                return jdbc.sql(GATEWAY + " where g.id = :id")
                        .param("id", id)
                        .query(Catalogue::gateway)
                        .single();
            });
        } catch (DuplicateKeyException e) {
            throw new Conflict(
                    "gateway.exists",
                    "This gateway exists",
                    "The cluster has a gateway " + gateway.namespace() + "/" + gateway.name() + " already.");
        }
    }

    /**
     * Registers a destination.
     *
     * @param person a platform admin
     * @param destination what to register
     * @return the destination with its gateway
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Entry registerDestination(Person person, NewDestination destination) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/slug", "destination's slug", destination.slug()).ifPresent(problems::add);
        KubernetesNames.label("/sharedServiceEntry", "ServiceEntry", destination.sharedServiceEntry())
                .ifPresent(problems::add);
        KubernetesNames.host("/host", destination.host()).ifPresent(problems::add);
        port("/port", destination.port(), problems);
        port("/listenPort", destination.listenPort(), problems);
        approvals("/approvals", destination.approvals(), problems);
        if (destination.displayName().isBlank()) {
            problems.add(new InputProblem("/displayName", "name.missing", "The destination needs a name for people."));
        }
        destination
                .caBundlePem()
                .ifPresent(bundle -> new CertificateIntake(clock)
                        .judgeCaBundle(bundle)
                        .forEach(finding ->
                                problems.add(new InputProblem("/caBundle", finding.code(), finding.message()))));
        Optional<Gateway> gateway = jdbc.sql(GATEWAY + """
                 join cluster c on c.id = g.cluster_id where c.name = :cluster and g.namespace || '/' || g.name = :gateway
                """)
                .param("cluster", destination.cluster())
                .param("gateway", destination.gateway())
                .query(Catalogue::gateway)
                .optional();
        if (gateway.isEmpty()) {
            problems.add(new InputProblem(
                    "/gateway",
                    "gateway.unknown",
                    "Cluster “" + destination.cluster() + "” has no gateway “" + destination.gateway()
                            + "”. Name it as namespace/name, and register it first."));
        }
        refuse(problems);
        try {
            return transactions.execute(_ -> {
                jdbc.sql("""
                        insert into destination (slug, display_name, gateway_id, host, port, listen_port, shared_service_entry, ca_bundle,
                            approvals, created_at) values (:slug, :name, :gateway, :host, :port, :listen, :entry, :ca, :approvals, :now)
                        """)
                        .param("slug", destination.slug())
                        .param("name", destination.displayName())
                        .param("gateway", gateway.orElseThrow().id())
                        .param("host", destination.host())
                        .param("port", destination.port())
                        .param("listen", destination.listenPort())
                        .param("entry", destination.sharedServiceEntry())
                        .param("ca", destination.caBundlePem().orElse(null))
                        .param("approvals", destination.approvals())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
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
     * Changes how many approvals a request for a destination takes. Requests that wait take as many from then on.
     *
     * @param person a platform admin
     * @param slug of the destination
     * @param approvals 1 to {@value #MAX_APPROVALS}
     * @return the destination with its gateway
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Entry requireApprovals(Person person, String slug, int approvals) {
        person.requireAdmin();
        Entry before = entry(slug).orElseThrow(() -> new NotFound("destination", slug));
        List<InputProblem> problems = new ArrayList<>();
        approvals("/approvals", approvals, problems);
        refuse(problems);
        return transactions.execute(_ -> {
            jdbc.sql("update destination set approvals = :approvals where id = :id")
                    .param("approvals", approvals)
                    .param("id", before.destination().id())
                    .update();
            // those that wait are judged again: fewer approvals may be enough for one that nobody is left to approve
            jdbc.sql("""
                    update policy_evaluation set policy_set = -1 where plan_id in (
                        select r.plan_id from request r join identity i on i.id = r.identity_id
                        where r.status = 'pending' and i.destination_id = :id)
                    """).param("id", before.destination().id()).update();
            Entry after = entry(slug).orElseThrow();
            audit.append(AuditTrail.Fact.of(person.subject(), "destination.changed", slug)
                    .with(Map.of("approvals", Integer.toString(approvals)))
                    .digests(Optional.of(digest(before)), Optional.of(digest(after))));
            return after;
        });
    }

    /**
     * Removes a destination of which no identity is kept. What was asked for it stays to be read, and its slug and host may be
     * registered again.
     *
     * @param person a platform admin
     * @param slug of the destination
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void removeDestination(Person person, String slug) {
        person.requireAdmin();
        Entry removed = entry(slug).orElseThrow(() -> new NotFound("destination", slug));
        long id = removed.destination().id();
        transactions.executeWithoutResult(_ -> {
            // nothing is asked for it from here on: a submission holds the row, too
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

    private static void approvals(String pointer, int approvals, List<InputProblem> problems) {
        if (approvals < 1 || approvals > MAX_APPROVALS) {
            problems.add(new InputProblem(
                    pointer,
                    "approvals.invalid",
                    "A request takes 1 to " + MAX_APPROVALS + " approvals, each by another person."));
        }
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

    private static InputProblem unknownCluster(String name) {
        return new InputProblem(
                "/cluster", "cluster.unknown", "There is no cluster “" + name + "”. Register it first.");
    }

    private static void refuse(List<InputProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
    }

    private static Entry entry(ResultSet row, int number) throws SQLException {
        return new Entry(
                new Destination(
                        row.getLong("d_id"),
                        row.getString("slug"),
                        row.getString("display_name"),
                        row.getLong("gateway_id"),
                        row.getString("host"),
                        row.getInt("port"),
                        row.getInt("listen_port"),
                        row.getString("shared_service_entry"),
                        Optional.ofNullable(row.getString("ca_bundle")),
                        row.getInt("approvals")),
                gateway(row, number),
                row.getString("cluster"));
    }

    private static Gateway gateway(ResultSet row, int number) throws SQLException {
        return new Gateway(
                row.getLong("id"),
                row.getLong("cluster_id"),
                row.getString("name"),
                row.getString("namespace"),
                row.getString("service_account"),
                Placement.of(row.getString("placement")),
                row.getBoolean("deny_by_default"));
    }
}
