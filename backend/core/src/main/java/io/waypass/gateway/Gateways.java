package io.waypass.gateway;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.Flavour;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.resource.Operation;
import io.waypass.resource.ResourceKind;
import io.waypass.resource.Resources;
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

/** The registered gateways. Everybody may read them; platform admins may change them. */
public final class Gateways {

    /**
     * A gateway to register.
     *
     * @param cluster name
     * @param name of the Gateway object
     * @param namespace of the Gateway object
     * @param serviceAccount that its pods run as; Istio names it after the gateway
     * @param placement where objects of identities are
     * @param denyByDefault whether apps without an identity are refused at its destinations
     */
    public record NewGateway(
            String cluster,
            String name,
            String namespace,
            String serviceAccount,
            Placement placement,
            boolean denyByDefault) {

        /** Describes a gateway that refuses apps without an identity. */
        public NewGateway(String cluster, String name, String namespace, String serviceAccount, Placement placement) {
            this(cluster, name, namespace, serviceAccount, placement, true);
        }
    }

    private static final String GATEWAY = """
            select g.id, g.cluster_id, g.name, g.namespace, v.service_account, v.placement, v.deny_by_default
            from gateway g join resource r on r.id = g.id
            join gateway_revision v on v.resource_id = g.id and v.revision = r.desired_revision
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Resources resources;
    private final Clusters clusters;
    private final AuditTrail audit;
    private final Clock clock;

    public Gateways(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Resources resources,
            Clusters clusters,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.resources = resources;
        this.clusters = clusters;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every gateway, by cluster and name} */
    public List<Gateway> list() {
        return jdbc.sql(GATEWAY + " order by g.cluster_id, g.namespace, g.name")
                .query(Gateways::gateway)
                .list();
    }

    /**
     * @param cluster name of its cluster
     * @param place {@code namespace/name} of the Gateway object
     */
    public Optional<Gateway> find(String cluster, String place) {
        return jdbc.sql(GATEWAY + """
                 join cluster c on c.id = g.cluster_id where c.name = :cluster and g.namespace || '/' || g.name = :place
                """)
                .param("cluster", cluster)
                .param("place", place)
                .query(Gateways::gateway)
                .optional();
    }

    /**
     * Registers a gateway.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or the input is not valid
     */
    public Gateway register(Person person, NewGateway gateway) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/name", "gateway's name", gateway.name()).ifPresent(problems::add);
        KubernetesNames.label("/namespace", "namespace", gateway.namespace()).ifPresent(problems::add);
        KubernetesNames.serviceAccount("/serviceAccount", gateway.serviceAccount())
                .ifPresent(problems::add);
        Optional<Cluster> cluster = clusters.find(gateway.cluster());
        if (cluster.isEmpty()) {
            problems.add(new InputProblem(
                    "/cluster",
                    "cluster.unknown",
                    "There is no cluster “" + gateway.cluster() + "”. Register it first."));
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
        InvalidInput.throwIfAny(problems);
        try {
            return transactions.execute(_ -> {
                long id = insert(cluster.orElseThrow().id(), gateway);
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
                        .query(Gateways::gateway)
                        .single();
            });
        } catch (DuplicateKeyException e) {
            throw new Conflict(
                    "gateway.exists",
                    "This gateway exists",
                    "The cluster has a gateway " + gateway.namespace() + "/" + gateway.name() + " already.");
        }
    }

    private long insert(long clusterId, NewGateway gateway) {
        long id = resources.create(ResourceKind.GATEWAY, clusterId, Optional.empty());
        jdbc.sql("""
                insert into gateway (id, cluster_id, name, namespace, created_at) values (:id, :cluster, :name, :namespace, :now)
                """)
                .param("id", id)
                .param("cluster", clusterId)
                .param("name", gateway.name())
                .param("namespace", gateway.namespace())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        int revision = resources.addRevision(id, Operation.KEEP);
        jdbc.sql("""
                insert into gateway_revision (resource_id, revision, service_account, placement, deny_by_default)
                values (:id, :revision, :account, :placement, :deny)
                """)
                .param("id", id)
                .param("revision", revision)
                .param("account", gateway.serviceAccount())
                .param("placement", gateway.placement().value())
                .param("deny", gateway.denyByDefault())
                .update();
        resources.desire(id, revision);
        return id;
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
