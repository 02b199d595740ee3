package io.waypass.applier.sealing;

import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.resource.Resources;
import io.waypass.sealing.Sealer;
import io.waypass.sealing.SealingContext;
import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysets;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.SampleRows;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A database with two clusters, and certificates with sealed keys; what an applier runs on it with a given keyset. */
final class SealedKeys {

    final TestDatabase database = PostgresServer.freshDatabase();
    final JdbcClient owner = oneConnection(database.owner());
    final JdbcClient portal = oneConnection(database.portal());
    final Clusters clusters;
    final SealingKeysets keysets;
    final Certificates certificates;
    private final AuditTrail audit;

    SealedKeys() {
        JdbcClient applier = JdbcClient.create(database.applier());
        JsonMapper json = JsonMapper.shared();
        Clock clock = Clock.systemUTC();
        audit = new AuditTrail(applier, json, clock);
        TransactionTemplate transactions =
                new TransactionTemplate(new DataSourceTransactionManager(database.applier()));
        clusters = new Clusters(
                applier, transactions, new Resources(applier, new PublicIds(new SecureRandom()), clock), audit, clock);
        keysets = new SealingKeysets(applier, transactions, audit, clock);
        certificates = new Certificates(applier, json, new PublicIds(new SecureRandom()), clock);
        owner.sql("""
                insert into person (subject, display_name, last_seen_at) values ('member', 'M', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                """).update();
        register(1, "sandbox");
        register(2, "other");
    }

    /** Logging in takes longer than what is asked. */
    private static JdbcClient oneConnection(DataSource source) {
        try {
            return JdbcClient.create(new SingleConnectionDataSource(source.getConnection(), true));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void register(long id, String cluster) {
        owner.sql(SampleRows.cluster(id, cluster)
                        + SampleRows.gateway(10 + id, id, "istio-egress")
                        + SampleRows.destination(20 + id, 10 + id, "nginx-" + cluster, "my-nginx.foo.bar"))
                .update();
    }

    Resealer resealer(SealingKeyset keyset) {
        return new Resealer(certificates, audit, keyset, "sandbox");
    }

    KeysetPublication publication(SealingKeyset keyset, boolean replace) {
        return new KeysetPublication(
                clusters,
                keysets,
                keyset,
                "sandbox",
                replace,
                resealer(keyset),
                new KeysetPublication.Rhythm(Duration.ofMillis(20), Duration.ofMillis(20)));
    }

    /** What the portal seals with now; fails if nothing is published. */
    Sealer sealer() {
        return keysets.sealer(clusters.find("sandbox").orElseThrow()).orElseThrow();
    }

    static byte[] secretOf(String app) {
        return ("the private key of " + app).getBytes(StandardCharsets.UTF_8);
    }

    static SealingContext context(String cluster, String app) {
        return new SealingContext(cluster, "team-namespace", app, "nginx-" + cluster, "FP:" + app);
    }

    void add(String app, Sealer sealer) {
        add("sandbox", app, sealer);
    }

    /** As the portal does it: app, identity, certificate, sealed key. */
    void add(String cluster, String app, Sealer sealer) {
        add(cluster, app, sealer.seal(secretOf(app), context(cluster, app)));
    }

    void add(String cluster, String app, byte[] sealed) {
        portal.sql("""
                with a as (
                    insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_' || :app, 1, (select id from cluster where name = :cluster), 'team-namespace', :app, :app, 'member', now())
                    returning id, cluster_id),
                r as (
                    insert into resource (public_id, kind, cluster_id, team_id, created_at)
                    select 'idn_' || :app, 'identity', id, 1, now() from cluster where name = :cluster returning id),
                i as (
                    insert into identity (id, cluster_id, app_id, destination_id, secret_name)
                    select r.id, a.cluster_id, a.id, (select id from destination where slug = 'nginx-' || :cluster), :app from a, r
                    returning id),
                c as (
                    insert into certificate (public_id, identity_id, version, chain_pem, ca_bundle_pem, subject, issuer, sans, serial,
                        not_before, not_after, key_algorithm, signature_algorithm, fingerprint_sha256, public_key_sha256, chain_subjects,
                        ca_subjects, findings, uploaded_by, uploaded_at)
                    select 'crt_' || :app, i.id, 1, '', '', 'CN=x', 'CN=ca', '{}', '01', now(), now(), 'EC', 'x', 'FP:' || :app, 'x', '{}',
                        '{}', '[]', 'member', now() from i
                    returning id)
                insert into sealed_key (certificate_id, ciphertext, sealed_at) select id, :sealed, now() - interval '1 day' from c
                """)
                .param("cluster", cluster)
                .param("app", app)
                .param("sealed", sealed)
                .update();
    }

    byte[] sealed(String app) {
        return owner.sql("""
                select ciphertext from sealed_key s join certificate c on c.id = s.certificate_id where c.public_id = 'crt_' || :app
                """)
                .param("app", app)
                .query((row, _) -> row.getBytes(1))
                .single();
    }

    Map<Optional<SealingKeyId>, Long> counts() {
        return certificates.sealedKeys("sandbox");
    }

    List<Map<String, Object>> audited(String action) {
        return owner.sql("""
                select actor, subject, detail ->> 'key' as key, cast(detail ->> 'resealed' as integer) as resealed
                from audit_event where action = :action order by id
                """).param("action", action).query().listOfRows();
    }
}
