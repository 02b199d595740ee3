package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import java.util.Optional;

/**
 * Result of reading one place of the cluster.
 *
 * @param object empty if there is none, or it may not be read
 * @param refusal the API server's words if it may not be read
 */
record LiveRead(Optional<LiveObject> object, Optional<String> refusal) {

    boolean missing() {
        return object.isEmpty() && refusal.isEmpty();
    }
}
