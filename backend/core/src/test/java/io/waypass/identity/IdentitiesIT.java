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
import io.waypass.resource.ObservedStates;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.Resources;
import io.waypass.resource.WatchHealth;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.SampleRows;
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
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                """).update();
        for (int n = 1; n <= 2; n++) {
            String cluster = n == 1 ? "sandbox" : "elsewhere";
            owner.sql(SampleRows.cluster(n, cluster)
                            + SampleRows.gateway(10 + n, n, "istio-egress")
                            + SampleRows.destination(20 + n, 10 + n, "to-" + n, "there.foo.bar")
                            + """
                    insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                        values ('app_' || %1$d, 1, %1$d, 'team-namespace', 'app', 'app', 'member', now());
                    """.formatted(n)
                            + SampleRows.identity(30 + n, n, 20 + n)
                            + SampleRows.certificate(n, 30 + n, 1)
                            + SampleRows.keep(30 + n, 1, n))
                    .update();
        }
        owner.sql("""
                update resource set desired_revision = 1, applied_revision = 1 where kind = 'identity'
                """).update();
    }

    @Test
    void aClusterThatNobodyEverWatchedIsNotWatched() {
        IdentitySummary identity = found("idn_31");

        assertThat(identity.watch()).isEmpty();
        assertThat(identity.watched()).isFalse();
    }

    @Test
    void anIdentityIsWatchedWhileAnApplierOfItsOwnClusterSaysSo() {
        watched("sandbox", 5, null);

        assertThat(found("idn_31").watched()).isTrue();
        assertThat(found("idn_32").watched()).isFalse();
        assertThat(identities
                        .list(MEMBER, Optional.empty(), Slice.DEFAULT_LIMIT)
                        .items())
                .extracting(IdentitySummary::publicId, IdentitySummary::watched)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("idn_32", false),
                        org.assertj.core.groups.Tuple.tuple("idn_31", true));
    }

    @Test
    void afterHalfAMinuteOfSilenceNobodyWatches() {
        watched("sandbox", 31, null);

        assertThat(found("idn_31").watch())
                .hasValueSatisfying(watch -> assertThat(watch.current()).isFalse());
        assertThat(found("idn_31").watched()).isFalse();
        watched("sandbox", 0, null);
        assertThat(found("idn_31").watched()).isTrue();
    }

    @Test
    void whatAnApplierDoesNotSeeIsSaidInItsWords() {
        watched("sandbox", 0, "It may not watch Secrets.");

        IdentitySummary identity = found("idn_31");
        assertThat(identity.watch().flatMap(WatchHealth::unwatched)).contains("It may not watch Secrets.");
        assertThat(identity.watched()).isFalse();
    }

    private IdentitySummary found(String identity) {
        return identities.find(MEMBER, identity).summary();
    }

    private void watched(String cluster, int secondsAgo, String unwatched) {
        JdbcClient.create(database.applier())
                .sql("""
                insert into cluster_watch (cluster_id, seen_at, unwatched)
                select id, now() - make_interval(secs => :ago), :unwatched from cluster where name = :cluster
                on conflict (cluster_id) do update set seen_at = excluded.seen_at, unwatched = excluded.unwatched
                """)
                .param("ago", secondsAgo)
                .param("unwatched", unwatched)
                .param("cluster", cluster)
                .update();
    }

    private Identities identities() {
        JdbcClient portal = JdbcClient.create(database.portal());
        Clock clock = Clock.systemUTC();
        AuditTrail audit = new AuditTrail(portal, JsonMapper.shared(), clock);
        TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(database.portal()));
        Resources resources = new Resources(portal, new PublicIds(new SecureRandom()), clock);
        Clusters clusters = new Clusters(portal, transactions, resources, audit, clock);
        Gateways gateways = new Gateways(portal, transactions, resources, clusters, audit, clock);
        return new Identities(
                portal,
                new Destinations(portal, transactions, resources, gateways, audit, clock),
                new Certificates(portal, JsonMapper.shared(), new PublicIds(new SecureRandom()), clock),
                new ObservedStates(portal),
                new ResourceEvents(portal, clock));
    }
}
