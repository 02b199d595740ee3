package io.waypass.cluster;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.RemovalBlockers;
import io.waypass.sealing.Sealer;
import io.waypass.team.Team;
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

/** Clusters and teams: read by all, written by platform admins. */
public final class Directory {

    /**
     * A namespace that a team owns.
     *
     * @param cluster name
     * @param namespace name
     */
    public record OwnedNamespace(String cluster, String namespace) {}

    /**
     * A team to be registered.
     *
     * @param slug DNS label
     * @param displayName for people
     * @param groups identity-provider groups whose members are the team's members
     * @param namespaces what it owns
     */
    public record NewTeam(String slug, String displayName, List<String> groups, List<OwnedNamespace> namespaces) {}

    /**
     * A team as it is shown.
     *
     * @param team the team
     * @param groups its groups
     * @param namespaces what it owns
     */
    public record TeamDetail(Team team, List<String> groups, List<OwnedNamespace> namespaces) {}

    private static final String CLUSTER = "select id, name, trust_domain, flavour, drift from cluster";

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditTrail audit;
    private final Clock clock;

    /**
     * Makes the directory.
     *
     * @param jdbc the process's database
     * @param transactions for writes
     * @param audit for writes
     * @param clock tells when
     */
    public Directory(JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every cluster, by name} */
    public List<Cluster> clusters() {
        return jdbc.sql(CLUSTER + " order by name").query(Directory::cluster).list();
    }

    /**
     * Finds a cluster.
     *
     * @param name its name
     * @return the cluster, if there is one
     */
    public Optional<Cluster> cluster(String name) {
        return jdbc.sql(CLUSTER + " where name = :name")
                .param("name", name)
                .query(Directory::cluster)
                .optional();
    }

    /** {@return every team, by slug} */
    public List<Team> teams() {
        return jdbc.sql("select id, slug, display_name from team where removed_at is null order by slug")
                .query(Directory::team)
                .list();
    }

    /**
     * Finds a team.
     *
     * @param slug its slug
     * @return the team, if there is one
     */
    public Optional<Team> team(String slug) {
        return jdbc.sql("select id, slug, display_name from team where slug = :slug and removed_at is null")
                .param("slug", slug)
                .query(Directory::team)
                .optional();
    }

    /**
     * Shows a team.
     *
     * @param slug its slug
     * @return the team with its groups and namespaces
     * @throws NotFound if there is none
     */
    public TeamDetail detail(String slug) {
        Team team = team(slug).orElseThrow(() -> new NotFound("team", slug));
        return new TeamDetail(
                team,
                jdbc.sql("select group_name from team_group where team_id = :id order by group_name")
                        .param("id", team.id())
                        .query(String.class)
                        .list(),
                namespacesOf(slug));
    }

    /**
     * What a team owns.
     *
     * @param slug the team's slug
     * @return its namespaces, by cluster and name
     */
    public List<OwnedNamespace> namespacesOf(String slug) {
        return jdbc.sql("""
                select c.name as cluster, n.namespace from team_namespace n join team t on t.id = n.team_id
                join cluster c on c.id = n.cluster_id where t.slug = :slug order by c.name, n.namespace
                """)
                .param("slug", slug)
                .query((row, _) -> new OwnedNamespace(row.getString("cluster"), row.getString("namespace")))
                .list();
    }

    /**
     * Registers a cluster in which drift is put right.
     *
     * @param person a platform admin
     * @param name DNS label
     * @param trustDomain SPIFFE trust domain
     * @param flavour whose Istio
     * @return the cluster
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Cluster registerCluster(Person person, String name, String trustDomain, Flavour flavour) {
        return registerCluster(person, name, trustDomain, flavour, DriftPolicy.RESTORE);
    }

    /**
     * Registers a cluster.
     *
     * @param person a platform admin
     * @param name DNS label
     * @param trustDomain SPIFFE trust domain
     * @param flavour whose Istio
     * @param drift what is done where it no longer holds what was approved
     * @return the cluster
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Cluster registerCluster(Person person, String name, String trustDomain, Flavour flavour, DriftPolicy drift) {
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
        refuse(problems);
        try {
            return transactions.execute(_ -> {
                jdbc.sql(
                                "insert into cluster (name, trust_domain, flavour, drift, created_at) values (:name, :domain, :flavour, :drift, :now)")
                        .param("name", name)
                        .param("domain", trustDomain)
                        .param("flavour", flavour.value())
                        .param("drift", drift.value())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
                Cluster registered = cluster(name).orElseThrow();
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
     * Changes what is done about drift in a cluster. Every identity of it is looked at again.
     *
     * @param person a platform admin
     * @param name of the cluster
     * @param drift what is done from now on
     * @return the cluster
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public Cluster changeDrift(Person person, String name, DriftPolicy drift) {
        person.requireAdmin();
        return transactions.execute(_ -> {
            Cluster before = jdbc.sql(CLUSTER + " where name = :name for update")
                    .param("name", name)
                    .query(Directory::cluster)
                    .optional()
                    .orElseThrow(() -> new NotFound("cluster", name));
            if (before.drift() == drift) {
                return before;
            }
            jdbc.sql("update cluster set drift = :drift where id = :id")
                    .param("drift", drift.value())
                    .param("id", before.id())
                    .update();
            Cluster after = cluster(name).orElseThrow();
            audit.append(AuditTrail.Fact.of(person.subject(), "cluster.changed", name)
                    .with(Map.of("drift", drift.value()))
                    .digests(Optional.of(digest(before)), Optional.of(digest(after))));
            // tasks last, as everybody locks them
            jdbc.sql("""
                    select want_reconcile(i.id, true) from identity i join app a on a.id = i.app_id
                    where a.cluster_id = :id and num_nonnulls(i.desired_revision, i.applied_revision, i.retired_revision) > 0 order by i.id
                    """).param("id", before.id()).query((_, _) -> name).list();
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

    /**
     * Registers a team.
     *
     * @param person a platform admin
     * @param team what to register
     * @return the team
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public TeamDetail registerTeam(Person person, NewTeam team) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/slug", "team's slug", team.slug()).ifPresent(problems::add);
        if (team.displayName().isBlank()) {
            problems.add(new InputProblem("/displayName", "name.missing", "The team needs a name for people."));
        }
        for (int i = 0; i < team.namespaces().size(); i++) {
            OwnedNamespace owned = team.namespaces().get(i);
            KubernetesNames.label("/namespaces/" + i + "/namespace", "namespace", owned.namespace())
                    .ifPresent(problems::add);
            if (cluster(owned.cluster()).isEmpty()) {
                problems.add(new InputProblem(
                        "/namespaces/" + i + "/cluster",
                        "cluster.unknown",
                        "There is no cluster “" + owned.cluster() + "”. Register it first."));
            }
        }
        refuse(problems);
        try {
            return transactions.execute(_ -> {
                long id = jdbc.sql(
                                "insert into team (slug, display_name, created_at) values (:slug, :name, :now) returning id")
                        .param("slug", team.slug())
                        .param("name", team.displayName())
                        .param("now", Rows.timestamp(clock.instant()))
                        .query(Long.class)
                        .single();
                for (String group : team.groups().stream().distinct().toList()) {
                    jdbc.sql("insert into team_group (team_id, group_name) values (:team, :group)")
                            .param("team", id)
                            .param("group", group)
                            .update();
                }
                for (OwnedNamespace owned :
                        team.namespaces().stream().distinct().toList()) {
                    jdbc.sql("""
                            insert into team_namespace (team_id, cluster_id, namespace)
                            select :team, id, :namespace from cluster where name = :cluster
                            """)
                            .param("team", id)
                            .param("namespace", owned.namespace())
                            .param("cluster", owned.cluster())
                            .update();
                }
                audit.append(AuditTrail.Fact.of(person.subject(), "team.registered", team.slug())
                        .ofTeam(id)
                        .digests(
                                Optional.empty(),
                                Optional.of(AuditTrail.digest(
                                        team.slug(), team.displayName(), team.groups(), team.namespaces()))));
                return detail(team.slug());
            });
        } catch (DuplicateKeyException e) {
            throw Rows.constraint(e).equals("team_slug_unique")
                    ? new Conflict(
                            "team.exists",
                            "This team exists",
                            team(team.slug()).isPresent()
                                    ? "There is a team " + team.slug() + " already."
                                    : "There was a team " + team.slug()
                                            + ". Its slug stands for who may see what it asked for,"
                                            + " so it is not given again. Choose another.")
                    : new Conflict(
                            "namespace.owned",
                            "A namespace has an owner already",
                            "One of the namespaces belongs to another team. A namespace has one owner; ask that team, or leave it out.");
        }
    }

    /**
     * Removes a team that has no app left. Its groups and namespaces are given free; what it asked for stays to be read by platform
     * admins. Its slug is not given again.
     *
     * @param person a platform admin
     * @param slug of the team
     * @throws io.waypass.refusal.Refusal if it may not be
     */
    public void removeTeam(Person person, String slug) {
        person.requireAdmin();
        TeamDetail removed = detail(slug);
        long id = removed.team().id();
        transactions.executeWithoutResult(_ -> {
            // no app is registered for it from here on: a registration holds the row, too
            jdbc.sql("select id from team where id = :id for update")
                    .param("id", id)
                    .query(Long.class)
                    .single();
            RemovalBlockers.identities(jdbc, RemovalBlockers.Of.TEAM, id, slug)
                    .or(() -> RemovalBlockers.apps(jdbc, id, slug))
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
            int gone = jdbc.sql("update team set removed_at = :now where id = :id and removed_at is null")
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", id)
                    .update();
            if (gone == 0) {
                throw new NotFound("team", slug);
            }
            jdbc.sql("delete from team_group where team_id = :id")
                    .param("id", id)
                    .update();
            jdbc.sql("delete from team_namespace where team_id = :id")
                    .param("id", id)
                    .update();
            audit.append(AuditTrail.Fact.of(person.subject(), "team.removed", slug)
                    .ofTeam(id)
                    .digests(
                            Optional.of(AuditTrail.digest(
                                    slug, removed.team().displayName(), removed.groups(), removed.namespaces())),
                            Optional.empty()));
        });
    }

    /**
     * What is published to seal keys of a cluster with.
     *
     * @param cluster the cluster
     * @return Tink's JSON form, empty until the cluster's applier has started once
     */
    public Optional<String> sealingKeyset(Cluster cluster) {
        return jdbc.sql("select public_keyset from cluster_sealing_keyset where cluster_id = :cluster")
                .param("cluster", cluster.id())
                .query(String.class)
                .optional();
    }

    /**
     * Publishes what keys of a cluster are sealed with; only its applier does.
     *
     * @param cluster the cluster
     * @param seen what is published in the caller's eyes
     * @param publicKeyset Tink's JSON form
     * @return whether it is published; not if another applier published something since the caller looked
     */
    public boolean publishSealingKeyset(Cluster cluster, Optional<String> seen, String publicKeyset) {
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            String statement = seen.isEmpty() ? """
                    insert into cluster_sealing_keyset (cluster_id, public_keyset, published_at) values (:cluster, :keyset, :now)
                    on conflict (cluster_id) do nothing
                    """ : """
                    update cluster_sealing_keyset set public_keyset = :keyset, published_at = :now
                    where cluster_id = :cluster and public_keyset = :seen
                    """;
            boolean published = jdbc.sql(statement)
                            .param("cluster", cluster.id())
                            .param("keyset", publicKeyset)
                            .param("seen", seen.orElse(null))
                            .param("now", Rows.timestamp(clock.instant()))
                            .update()
                    == 1;
            if (published) {
                audit.append(AuditTrail.Fact.of("applier:" + cluster.name(), "sealing-key.published", cluster.name())
                        .with(Map.of("key", Sealer.of(publicKeyset).key().toString()))
                        .digests(seen.map(AuditTrail::digest), Optional.of(AuditTrail.digest(publicKeyset))));
            }
            return published;
        }));
    }

    /**
     * What seals keys for a cluster.
     *
     * @param cluster the cluster
     * @return the sealer, empty until the cluster's applier has started once
     */
    public Optional<Sealer> sealer(Cluster cluster) {
        return sealingKeyset(cluster).map(Sealer::of);
    }

    private static void refuse(List<InputProblem> problems) {
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
    }

    private static Cluster cluster(ResultSet row, int number) throws SQLException {
        return new Cluster(
                row.getLong("id"),
                row.getString("name"),
                row.getString("trust_domain"),
                Flavour.of(row.getString("flavour")),
                DriftPolicy.of(row.getString("drift")));
    }

    private static Team team(ResultSet row, int number) throws SQLException {
        return new Team(row.getLong("id"), row.getString("slug"), row.getString("display_name"));
    }
}
