package io.waypass.sealing;

import io.waypass.audit.AuditTrail;
import io.waypass.cluster.Cluster;
import io.waypass.database.Rows;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The public keyset of each cluster: its applier publishes it, and the portal seals private keys with it. */
public final class SealingKeysets {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditTrail audit;
    private final Clock clock;

    public SealingKeysets(JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return Tink's JSON form, empty until the cluster's applier has started once} */
    public Optional<String> published(Cluster cluster) {
        return jdbc.sql("select public_keyset from cluster_sealing_keyset where cluster_id = :cluster")
                .param("cluster", cluster.id())
                .query(String.class)
                .optional();
    }

    /** {@return the sealer, empty until the cluster's applier has started once} */
    public Optional<Sealer> sealer(Cluster cluster) {
        return published(cluster).map(Sealer::of);
    }

    /**
     * Publishes a cluster's public keyset; only its applier does.
     *
     * @param seen the published keyset that the caller read before
     * @param publicKeyset Tink's JSON form
     * @return false if another applier published since the caller read; nothing is stored then
     */
    public boolean publish(Cluster cluster, Optional<String> seen, String publicKeyset) {
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            String statement = seen.isEmpty() ? """
                    insert into cluster_sealing_keyset (cluster_id, public_keyset, published_at) values (:cluster, :keyset, :now)
                    on conflict (cluster_id) do nothing
                    """ : """
                    update cluster_sealing_keyset set public_keyset = :keyset, published_at = :now
                    where cluster_id = :cluster and public_keyset = :seen
                    """;
            boolean stored = jdbc.sql(statement)
                            .param("cluster", cluster.id())
                            .param("keyset", publicKeyset)
                            .param("seen", seen.orElse(null))
                            .param("now", Rows.timestamp(clock.instant()))
                            .update()
                    == 1;
            if (stored) {
                audit.append(AuditTrail.Fact.of("applier:" + cluster.name(), "sealing-key.published", cluster.name())
                        .with(Map.of("key", Sealer.of(publicKeyset).key().toString()))
                        .digests(seen.map(AuditTrail::digest), Optional.of(AuditTrail.digest(publicKeyset))));
            }
            return stored;
        }));
    }
}
