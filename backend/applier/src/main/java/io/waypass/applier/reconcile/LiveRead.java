package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import java.util.Optional;

/**
 * What was found in one place of the cluster.
 *
 * @param object what is there; empty if nothing is, or if it may not be read
 * @param refusal the API server's words if it may not be read
 */
record LiveRead(Optional<LiveObject> object, Optional<String> refusal) {

    boolean missing() {
        return object.isEmpty() && refusal.isEmpty();
    }
}
