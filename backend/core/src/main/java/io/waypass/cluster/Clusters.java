package io.waypass.cluster;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.ResourceKind;
import io.waypass.resource.Resources;
import io.waypass.task.ReconcileTasks;
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

/** The registered clusters. Everybody may read them; platform admins may change them. */
public final class Clusters {

    private static final String CLUSTER = "select id, name, trust_domain, flavour, drift from cluster";

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Resources resources;
    private final ReconcileTasks tasks;
    private final AuditTrail audit;
    private final Clock clock;

    public Clusters(
            JdbcClient jdbc, TransactionOperations transactions, Resources resources, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.resources = resources;
        this.tasks = new ReconcileTasks(jdbc);
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every cluster, by name} */
    public List<Cluster> list() {
        return jdbc.sql(CLUSTER + " order by name").query(Clusters::cluster).list();
    }

    public Optional<Cluster> find(String name) {
        return jdbc.sql(CLUSTER + " where name = :name")
                .param("name", name)
                .query(Clusters::cluster)
                .optional();
    }

    /**
     * Registers a cluster.
     *
     * @param person a platform admin
     * @param name DNS label
     * @param trustDomain SPIFFE trust domain
     * @param drift what the applier does about drift
     * @throws io.waypass.refusal.Refusal if the person may not, or the input is not valid
     */
    public Cluster register(Person person, String name, String trustDomain, Flavour flavour, DriftPolicy drift) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/name", "cluster's name", name).ifPresent(problems::add);
        if (!trustDomain.matches("[a-z0-9._-]{1,255}")) {
            problems.add(
                    new InputProblem(
                            "/trustDomain",
                            "trust-domain.invalid",
                            "The trust domain has 1 to 255 lower-case letters, digits, dots, dashes or underscores; Istio's own is cluster.local."));
        }
        InvalidInput.throwIfAny(problems);
        try {
            return transactions.execute(_ -> {
                jdbc.sql("""
                        insert into cluster (id, name, trust_domain, flavour, drift, created_at)
                        values (:id, :name, :domain, :flavour, :drift, :now)
                        """)
                        .param("id", resources.createCluster())
                        .param("name", name)
                        .param("domain", trustDomain)
                        .param("flavour", flavour.value())
                        .param("drift", drift.value())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
                Cluster registered = find(name).orElseThrow();
                audit.append(AuditTrail.Fact.of(person.subject(), "cluster.registered", name)
                        .digests(Optional.empty(), Optional.of(digest(registered))));
                return registered;
            });
        } catch (DuplicateKeyException e) {
            throw new Conflict(
                    "cluster.exists", "This cluster exists", "There is a cluster named " + name + " already.");
        }
    }

    /**
     * Changes what the applier does about drift in a cluster. Each of its identities is reconciled again.
     *
     * @param person a platform admin
     * @param name of the cluster
     * @throws io.waypass.refusal.Refusal if the person may not, or there is no such cluster
     */
    public Cluster changeDrift(Person person, String name, DriftPolicy drift) {
        person.requireAdmin();
        return transactions.execute(_ -> {
            Cluster before = jdbc.sql(CLUSTER + " where name = :name for no key update")
                    .param("name", name)
                    .query(Clusters::cluster)
                    .optional()
                    .orElseThrow(() -> new NotFound("cluster", name));
            if (before.drift() == drift) {
                return before;
            }
            jdbc.sql("update cluster set drift = :drift where id = :id")
                    .param("drift", drift.value())
                    .param("id", before.id())
                    .update();
            Cluster after = find(name).orElseThrow();
            audit.append(AuditTrail.Fact.of(person.subject(), "cluster.changed", name)
                    .with(Map.of("drift", drift.value()))
                    .digests(Optional.of(digest(before)), Optional.of(digest(after))));
            tasks.reconcile(resources.decided(before.id(), ResourceKind.IDENTITY));
            return after;
        });
    }

    private static String digest(Cluster cluster) {
        return AuditTrail.digest(
                cluster.name(),
                cluster.trustDomain(),
                cluster.flavour().value(),
                cluster.drift().value());
    }

    private static Cluster cluster(ResultSet row, int number) throws SQLException {
        return new Cluster(
                row.getLong("id"),
                row.getString("name"),
                row.getString("trust_domain"),
                Flavour.of(row.getString("flavour")),
                DriftPolicy.of(row.getString("drift")));
    }
}
