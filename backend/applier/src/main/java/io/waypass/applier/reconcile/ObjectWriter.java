package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.reconcile.ReconcileStore;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes and removes single objects of an identity. Each call confirms the fence first, and carries the version of the object that was
 * read.
 */
final class ObjectWriter {

    private final ClusterObjects cluster;
    private final ReconcileStore store;
    private final SecretFiller secrets;

    ObjectWriter(ClusterObjects cluster, ReconcileStore store, SecretFiller secrets) {
        this.cluster = cluster;
        this.store = store;
        this.secrets = secrets;
    }

    /** Writes an object as approved; with {@code force}, fields of other managers are reverted. */
    void write(Reconciliation round, ObjectComparison found, boolean force) {
        ObjectNode object = found.manifest().tree();
        byte[] bytes = SecretFiller.isSecret(found.manifest())
                ? secrets.filled(object, round.target())
                : object.toString().getBytes(StandardCharsets.UTF_8);
        try {
            store.confirm(round.fence());
            cluster.write(found.key(), bytes, found.live(), force, round.exact() || round.isChange());
            round.wrote();
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    void remove(Reconciliation round, LiveObject object) {
        store.confirm(round.fence());
        cluster.remove(object, round.exact());
        round.wrote();
    }
}
