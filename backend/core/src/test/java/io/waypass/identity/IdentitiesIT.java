package io.waypass.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.database.Slice;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.resource.WatchHealth;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Whether what is said of an identity is what is so now. */
class IdentitiesIT {

    private static final Person MEMBER = new Person("member", "The member", Set.of("one"), false);

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());
    private final Identities identities = identities();

    @BeforeEach
    void anIdentityInEachOfTwoClusters() {
        owner.sql("""
                insert into person (subject, display_name, last_seen_at) values ('member', 'The member', now());
                insert into cluster (name, trust_domain, flavour, created_at) values ('sandbox', 'cluster.local', 'solo', now()),
                    ('elsewhere', 'cluster.local', 'solo', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                insert into gateway (cluster_id, name, namespace, service_account, placement, created_at)
                    select id, 'egress', 'istio-egress', 'egress', 'team-namespace', now() from cluster order by id;
                insert into destination (slug, display_name, gateway_id, host, port, listen_port, shared_service_entry, created_at)
                    select 'to-' || id, 'There', id, 'there.foo.bar', 443, 80, 'there-se', now() from gateway order by id;
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    select 'app_' || id, 1, id, 'team-namespace', 'app', 'app', 'member', now() from cluster order by id;
                insert into identity (public_id, app_id, destination_id, secret_name, created_at)
                    select 'idn_' || id, id, id, 'app-client-mtls-secret', now() from app order by id;
                update identity set desired_revision = 1, applied_revision = 1;
                """).update();
    }

    @Test
    void aClusterThatNobodyEverWatchedIsNotWatched() {
        IdentitySummary identity = found("idn_1");

        assertThat(identity.sight()).isEmpty();
        assertThat(identity.watched()).isFalse();
    }

    @Test
    void anIdentityIsWatchedWhileAnApplierOfItsOwnClusterSaysSo() {
        watched("sandbox", 5, null);

        assertThat(found("idn_1").watched()).isTrue();
        assertThat(found("idn_2").watched()).isFalse();
        assertThat(identities
                        .list(MEMBER, Optional.empty(), Slice.DEFAULT_LIMIT)
                        .items())
                .extracting(IdentitySummary::publicId, IdentitySummary::watched)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("idn_2", false),
                        org.assertj.core.groups.Tuple.tuple("idn_1", true));
    }

    @Test
    void afterHalfAMinuteOfSilenceNobodyWatches() {
        watched("sandbox", 31, null);

        assertThat(found("idn_1").sight())
                .hasValueSatisfying(sight -> assertThat(sight.current()).isFalse());
        assertThat(found("idn_1").watched()).isFalse();
        watched("sandbox", 0, null);
        assertThat(found("idn_1").watched()).isTrue();
    }

    @Test
    void whatAnApplierDoesNotSeeIsSaidInItsWords() {
        watched("sandbox", 0, "It may not watch Secrets.");

        IdentitySummary identity = found("idn_1");
        assertThat(identity.sight().flatMap(WatchHealth::blind)).contains("It may not watch Secrets.");
        assertThat(identity.watched()).isFalse();
    }

    private IdentitySummary found(String identity) {
        return identities.find(MEMBER, identity).summary();
    }

    private void watched(String cluster, int secondsAgo, String blind) {
        JdbcClient.create(database.applier())
                .sql("""
                insert into cluster_sight (cluster_id, seen_at, blind)
                select id, now() - make_interval(secs => :ago), :blind from cluster where name = :cluster
                on conflict (cluster_id) do update set seen_at = excluded.seen_at, blind = excluded.blind
                """)
                .param("ago", secondsAgo)
                .param("blind", blind)
                .param("cluster", cluster)
                .update();
    }

    private Identities identities() {
        JdbcClient portal = JdbcClient.create(database.portal());
        Clock clock = Clock.systemUTC();
        AuditTrail audit = new AuditTrail(portal, JsonMapper.shared(), clock);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(database.portal()));
        Clusters clusters = new Clusters(portal, transactions, audit, clock);
        Gateways gateways = new Gateways(portal, transactions, clusters, audit, clock);
        return new Identities(
                portal,
                new Destinations(portal, transactions, gateways, audit, clock),
                new Certificates(portal, JsonMapper.shared(), new PublicIds(new SecureRandom()), clock));
    }
}
