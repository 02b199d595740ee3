package io.waypass.team;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.RemovalBlockers;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The teams with their groups and namespaces. Everybody may read them; platform admins may change them. */
public final class Teams {

    /** A namespace of a cluster that belongs to one team. */
    public record OwnedNamespace(String cluster, String namespace) {}

    /**
     * A team to register.
     *
     * @param slug DNS label
     * @param displayName for people
     * @param groups identity-provider groups whose members are the team's members
     */
    public record NewTeam(String slug, String displayName, List<String> groups, List<OwnedNamespace> namespaces) {}

    /** A team with its groups and namespaces. */
    public record TeamDetail(Team team, List<String> groups, List<OwnedNamespace> namespaces) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Clusters clusters;
    private final AuditTrail audit;
    private final Clock clock;

    public Teams(
            JdbcClient jdbc, TransactionOperations transactions, Clusters clusters, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clusters = clusters;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return every team, by slug} */
    public List<Team> list() {
        return jdbc.sql("select id, slug, display_name from team where removed_at is null order by slug")
                .query(Teams::team)
                .list();
    }

    public Optional<Team> find(String slug) {
        return jdbc.sql("select id, slug, display_name from team where slug = :slug and removed_at is null")
                .param("slug", slug)
                .query(Teams::team)
                .optional();
    }

    /** @throws NotFound if there is none */
    public TeamDetail detail(String slug) {
        Team team = find(slug).orElseThrow(() -> new NotFound("team", slug));
        return new TeamDetail(
                team,
                jdbc.sql("select group_name from team_group where team_id = :id order by group_name")
                        .param("id", team.id())
                        .query(String.class)
                        .list(),
                namespacesOf(slug));
    }

    /** {@return the team's namespaces, by cluster and name} */
    public List<OwnedNamespace> namespacesOf(String slug) {
        return jdbc.sql("""
                select c.name as cluster, n.namespace from team_namespace n join team t on t.id = n.team_id
                join cluster c on c.id = n.cluster_id where t.slug = :slug order by c.name, n.namespace
                """)
                .param("slug", slug)
                .query((row, _) -> new OwnedNamespace(row.getString("cluster"), row.getString("namespace")))
                .list();
    }

    /** {@return slug of the team that owns the namespace, if one does} */
    public Optional<String> ownerOf(long clusterId, String namespace) {
        return jdbc.sql("""
                select t.slug from team_namespace n join team t on t.id = n.team_id where n.cluster_id = :cluster and n.namespace = :namespace
                """)
                .param("cluster", clusterId)
                .param("namespace", namespace)
                .query(String.class)
                .optional();
    }

    /**
     * Registers a team.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or the team is not valid
     */
    public TeamDetail register(Person person, NewTeam team) {
        person.requireAdmin();
        List<InputProblem> problems = new ArrayList<>();
        KubernetesNames.label("/slug", "team's slug", team.slug()).ifPresent(problems::add);
        if (team.displayName().isBlank()) {
            problems.add(new InputProblem("/displayName", "name.missing", "The team needs a name for people."));
        }
        Map<String, Long> clusterIds = new HashMap<>();
        for (int i = 0; i < team.namespaces().size(); i++) {
            OwnedNamespace owned = team.namespaces().get(i);
            KubernetesNames.label("/namespaces/" + i + "/namespace", "namespace", owned.namespace())
                    .ifPresent(problems::add);
            Optional<Cluster> cluster = clusters.find(owned.cluster());
            cluster.ifPresent(found -> clusterIds.put(found.name(), found.id()));
            if (cluster.isEmpty()) {
                problems.add(new InputProblem(
                        "/namespaces/" + i + "/cluster",
                        "cluster.unknown",
                        "There is no cluster “" + owned.cluster() + "”. Register it first."));
            }
        }
        InvalidInput.throwIfAny(problems);
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
                            insert into team_namespace (team_id, cluster_id, namespace) values (:team, :cluster, :namespace)
                            """)
                            .param("team", id)
                            .param("cluster", clusterIds.get(owned.cluster()))
                            .param("namespace", owned.namespace())
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
                            find(team.slug()).isPresent()
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
     * Removes a team that has no apps. Its groups and namespaces become free; its requests stay readable for platform
     * admins. Its slug is not used again.
     *
     * @param person a platform admin
     * @throws io.waypass.refusal.Refusal if the person may not, or the team still has apps
     */
    public void remove(Person person, String slug) {
        person.requireAdmin();
        TeamDetail removed = detail(slug);
        long id = removed.team().id();
        transactions.executeWithoutResult(_ -> {
            // locks out new apps for the team: a registration locks the row, too
            jdbc.sql("select id from team where id = :id for no key update")
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
     * Locks a team against removal until the transaction ends.
     *
     * @param id key inside the database
     * @return false if the team was removed
     */
    public boolean lock(long id) {
        return jdbc.sql("select id from team where id = :id and removed_at is null for share")
                .param("id", id)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    private static Team team(ResultSet row, int number) throws SQLException {
        return new Team(row.getLong("id"), row.getString("slug"), row.getString("display_name"));
    }
}
