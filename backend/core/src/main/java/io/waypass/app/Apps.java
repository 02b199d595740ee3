package io.waypass.app;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.KubernetesNames;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.resource.RemovalBlockers;
import io.waypass.team.Team;
import io.waypass.team.Teams;
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

/** The apps that teams registered: their team and admins may see them, their team may change them. */
public final class Apps {

    /**
     * An app to register.
     *
     * @param team slug
     * @param cluster name
     * @param namespace one that the team owns in that cluster
     * @param name DNS label
     * @param serviceAccount blank for the same as the name
     */
    public record NewApp(String team, String cluster, String namespace, String name, String serviceAccount) {}

    private static final String APP = """
            select a.id, a.public_id, a.team_id, t.slug as team, a.cluster_id, c.name as cluster, c.trust_domain, a.namespace, a.name,
                a.service_account, a.registered_at
            from app a join team t on t.id = a.team_id join cluster c on c.id = a.cluster_id
            """;

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Clusters clusters;
    private final Teams teams;
    private final PublicIds ids;
    private final AuditTrail audit;
    private final Clock clock;

    public Apps(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Clusters clusters,
            Teams teams,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clusters = clusters;
        this.teams = teams;
        this.ids = ids;
        this.audit = audit;
        this.clock = clock;
    }

    /**
     * Lists apps, newest first.
     *
     * @param person sees the apps of own teams, an admin all
     * @param cursor of the page, from the page before
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<App> list(Person person, Optional<String> cursor, int limit) {
        List<App> rows = jdbc.sql(APP + """
                 where (:admin or t.slug = any(:teams)) and a.id < :after and a.removed_at is null order by a.id desc limit :limit
                """)
                .param("admin", person.admin())
                .param("teams", person.teams().toArray(String[]::new))
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query(Apps::app)
                .list();
        return Slice.of(rows, limit, App::id);
    }

    /**
     * @param publicId {@code app_…}
     * @throws NotFound if there is none or the person may not see it
     */
    public App find(Person person, String publicId) {
        return jdbc.sql(APP + " where a.public_id = :id and a.removed_at is null")
                .param("id", publicId)
                .query(Apps::app)
                .optional()
                .filter(app -> person.maySee(app.team()))
                .orElseThrow(() -> new NotFound("app", publicId));
    }

    /**
     * Registers an app for a team of the person.
     *
     * @throws io.waypass.refusal.Refusal if the person may not, or the app is not valid
     */
    public App register(Person person, NewApp app) {
        String serviceAccount = app.serviceAccount().isBlank() ? app.name() : app.serviceAccount();
        List<InputProblem> problems = new ArrayList<>();
        Optional<Team> team = teams.find(app.team()).filter(found -> person.memberOf(found.slug()));
        if (team.isEmpty()) {
            problems.add(new InputProblem(
                    "/team",
                    "team.not-yours",
                    "You are not a member of a team “" + app.team() + "”. Name one of your own teams"
                            + (person.teams().isEmpty()
                                    ? "; you are in none yet, ask a platform admin to add one of your groups."
                                    : ": "
                                            + String.join(
                                                    ", ",
                                                    person.teams().stream()
                                                            .sorted()
                                                            .toList()) + ".")));
        }
        Optional<Cluster> cluster = clusters.find(app.cluster());
        if (cluster.isEmpty()) {
            problems.add(new InputProblem(
                    "/cluster",
                    "cluster.unknown",
                    "There is no cluster “" + app.cluster() + "”. Choose one of those listed."));
        }
        Optional<InputProblem> name = KubernetesNames.label("/name", "app's name", app.name());
        name.ifPresent(problems::add);
        // a service account that defaults to a wrong name needs no message of its own
        if (name.isEmpty() || !app.serviceAccount().isBlank()) {
            KubernetesNames.serviceAccount("/serviceAccount", serviceAccount).ifPresent(problems::add);
        }
        if (team.isPresent()
                && cluster.isPresent()
                && !teams.namespacesOf(app.team()).contains(new Teams.OwnedNamespace(app.cluster(), app.namespace()))) {
            problems.add(new InputProblem(
                    "/namespace",
                    "namespace.not-yours",
                    "The namespace “" + app.namespace() + "” in cluster " + app.cluster() + " does not belong to team "
                            + app.team() + ". Choose one of the team's own, or ask a platform admin to add it."));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInput(problems);
        }
        String publicId = ids.next("app");
        try {
            return transactions.execute(_ -> {
                // a team that is being removed gets no more apps
                if (!teams.lock(team.orElseThrow().id())) {
                    throw new NotFound("team", app.team());
                }
                jdbc.sql("""
                        insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                        values (:id, :team, :cluster, :namespace, :name, :account, :by, :now)
                        """)
                        .param("id", publicId)
                        .param("team", team.orElseThrow().id())
                        .param("cluster", cluster.orElseThrow().id())
                        .param("namespace", app.namespace())
                        .param("name", app.name())
                        .param("account", serviceAccount)
                        .param("by", person.subject())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
                audit.append(AuditTrail.Fact.of(person.subject(), "app.registered", publicId)
                        .ofTeam(team.orElseThrow().id())
                        .with(Map.of("app", app.namespace() + "/" + app.name(), "serviceAccount", serviceAccount))
                        .digests(
                                Optional.empty(),
                                Optional.of(AuditTrail.digest(
                                        app.cluster(), app.namespace(), app.name(), serviceAccount))));
                return find(person, publicId);
            });
        } catch (DuplicateKeyException e) {
            throw Rows.constraint(e).equals("app_name_unique")
                    ? new Conflict(
                            "app.exists",
                            "This app is registered",
                            "The namespace " + app.namespace() + " has an app named " + app.name()
                                    + " already. Use that one, or choose another name.")
                    : new Conflict(
                            "app.principal-taken",
                            "This service account is registered",
                            "Another app of " + app.namespace() + " runs as the service account " + serviceAccount
                                    + ". The mesh tells apps apart by it, so each app needs one of its own.");
        }
    }

    /**
     * Removes an app without identities that are in the cluster or in an open request. Its requests stay readable, and
     * its name and service account can be registered again.
     *
     * @param person a member of its team
     * @param publicId {@code app_…}
     * @throws io.waypass.refusal.Refusal if the person may not, or an identity prevents it
     */
    public void remove(Person person, String publicId) {
        App app = find(person, publicId);
        if (!person.memberOf(app.team())) {
            throw new io.waypass.refusal.NotAllowed(
                    "team.not-yours", "Only members of team " + app.team() + " may remove its apps.");
        }
        transactions.executeWithoutResult(_ -> {
            // locks out new requests for the app: a submission locks the row, too
            jdbc.sql("select id from app where id = :id for update")
                    .param("id", app.id())
                    .query(Long.class)
                    .single();
            RemovalBlockers.identities(jdbc, RemovalBlockers.Of.APP, app.id(), app.name())
                    .ifPresent(refusal -> {
                        throw refusal;
                    });
            int gone = jdbc.sql("update app set removed_at = :now where id = :id and removed_at is null")
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("id", app.id())
                    .update();
            if (gone == 0) {
                throw new NotFound("app", publicId);
            }
            audit.append(AuditTrail.Fact.of(person.subject(), "app.removed", publicId)
                    .ofTeam(app.teamId())
                    .with(Map.of("app", app.namespace() + "/" + app.name()))
                    .digests(
                            Optional.of(AuditTrail.digest(
                                    app.cluster(), app.namespace(), app.name(), app.serviceAccount())),
                            Optional.empty()));
        });
    }

    /** Reads the columns that {@link #APP} names. */
    static App app(ResultSet row, int number) throws SQLException {
        return new App(
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
    }
}
