package io.waypass.applier.reconcile;

import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.ResourceEvent;
import java.util.List;

/**
 * The path of an app's calls through the gateway to the partner. It is open while the identity's own route and policy exist; the objects
 * that they rely on are behind the door, and must be as approved while it is open.
 */
final class Door {

    private final LiveStateReader live;
    private final ObjectWriter writer;

    Door(LiveStateReader live, ObjectWriter writer) {
        this.live = live;
        this.writer = writer;
    }

    /** Whether an object opens the door. */
    static boolean opens(Manifest manifest) {
        return !manifest.shared() && ObjectKind.of(manifest.kind()).opensDoor();
    }

    /**
     * Whether calls could leave without the certificate because of an object behind the door: it is gone, foreign, or differs from what
     * was approved. A contested label or annotation is not unsafe.
     */
    static boolean isUnsafe(ObjectComparison found, Ownership ownership) {
        return !found.manifest().shared()
                && !opens(found.manifest())
                && (!ownership.owns(found)
                        || !found.live()
                                .orElseThrow()
                                .otherEntries(found.manifest())
                                .isEmpty()
                        || !found.contentAsApproved());
    }

    /** Removes the identity's own policy, so that the app is refused instead of sent out in plaintext; a later run restores it. */
    void close(Reconciliation round, List<Manifest> wanted, Problems problems) {
        List<Manifest> policies = wanted.stream()
                .filter(manifest ->
                        !manifest.shared() && ObjectKind.of(manifest.kind()).admitsApp())
                .toList();
        for (ObjectComparison found : live.at(policies)) {
            if (round.ownership().owns(found)) {
                problems.attempt(() -> {
                    writer.remove(round, found.live().orElseThrow());
                    String why = "The " + found.key()
                            + " was taken away, so that the app is refused: what its calls rely on is"
                            + " not as approved, and they could leave without the certificate. It comes back with that.";
                    problems.add(why);
                    round.record(ResourceEvent.Type.REMOVED, found, "", why);
                });
            }
        }
    }
}
