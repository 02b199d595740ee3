package io.waypass.sandbox;

import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Cluster;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.resource.Resources;
import io.waypass.team.Teams;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * Registers what a platform admin would before the first request, through the product's own use cases and with the
 * portal's rights in the database. Existing entries stay.
 */
final class DirectorySeed {

    /** Name of the cluster. */
    static final String CLUSTER = "sandbox";

    private final Clusters clusters;
    private final Teams teams;
    private final Gateways gateways;
    private final Destinations destinations;
    private final People people;
    private final ApiTokens tokens;

    DirectorySeed(DataSource portal) {
        Clock clock = Clock.systemUTC();
        JdbcClient jdbc = JdbcClient.create(portal);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(portal));
        AuditTrail audit = new AuditTrail(jdbc, JsonMapper.shared(), clock);
        Resources resources = new Resources(jdbc, new PublicIds(new SecureRandom()), clock);
        this.clusters = new Clusters(jdbc, transactions, resources, audit, clock);
        this.teams = new Teams(jdbc, transactions, clusters, audit, clock);
        this.gateways = new Gateways(jdbc, transactions, resources, clusters, audit, clock);
        this.destinations = new Destinations(jdbc, transactions, resources, gateways, audit, clock);
        this.people = new People(jdbc, SandboxPerson.ADMIN_GROUP, clock);
        this.tokens = new ApiTokens(jdbc, people, clock, new SecureRandom());
    }

    /**
     * Registers what is not registered.
     *
     * @throws SandboxFailed if the cluster is registered with another flavour
     */
    void sow(Flavour flavour) {
        Person admin = known(SandboxPerson.ADMIN);
        Cluster cluster = clusters.find(CLUSTER)
                .orElseGet(() -> clusters.register(admin, CLUSTER, "cluster.local", flavour, DriftPolicy.RESTORE));
        if (cluster.flavour() != flavour) {
            throw new SandboxFailed("The sandbox's state is of a cluster with the flavour “"
                    + cluster.flavour().value() + "”, and this start is for “" + flavour.value()
                    + "”. Start with -Dsandbox.fresh=true, which deletes that state, or with another -Dsandbox.dir.");
        }
        team(admin, "guide-team", "Guide team", "team-namespace", SandboxPerson.MEMBER);
        team(admin, "other-team", "Other team", "other-namespace", SandboxPerson.OTHER_MEMBER);
        if (gateways.list().isEmpty()) {
            gateways.register(
                    admin,
                    new Gateways.NewGateway(
                            CLUSTER,
                            "egress-waypoint",
                            "istio-egress",
                            "egress-waypoint",
                            flavour == Flavour.SOLO ? Placement.TEAM_NAMESPACE : Placement.GATEWAY_NAMESPACE));
        }
        if (destinations.entry("nginx").isEmpty()) {
            destinations.register(
                    admin,
                    new Destinations.NewDestination(
                            "nginx",
                            "Sample partner (nginx)",
                            CLUSTER,
                            "istio-egress/egress-waypoint",
                            "my-nginx.foo.bar",
                            443,
                            80,
                            "nginx-mesh-external-se",
                            Optional.empty(),
                            1));
        }
    }

    /** Returns a token for each person: that of the last start, if it still works. */
    Map<SandboxPerson, String> tokens(StateDirectory state) {
        Map<SandboxPerson, String> secrets = new EnumMap<>(SandboxPerson.class);
        for (SandboxPerson each : SandboxPerson.values()) {
            Person person = known(each);
            String name = "token." + each.username();
            String secret = Optional.ofNullable(state.remembered(name))
                    .filter(before -> tokens.authenticate(before).isPresent())
                    .orElseGet(() -> {
                        String fresh = tokens.issue(person, "sandbox", Duration.ofDays(365))
                                .secret();
                        state.remember(name, fresh);
                        return fresh;
                    });
            secrets.put(each, secret);
        }
        return secrets;
    }

    private void team(Person admin, String slug, String displayName, String namespace, SandboxPerson member) {
        if (teams.find(slug).isEmpty()) {
            teams.register(
                    admin,
                    new Teams.NewTeam(
                            slug, displayName, member.groups(), List.of(new Teams.OwnedNamespace(CLUSTER, namespace))));
        }
    }

    private Person known(SandboxPerson person) {
        return people.seen(person.username(), person.displayName(), person.groups());
    }
}
