package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.ResourceEvent;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * Closes the door: removes the identity's own policy, so that the app is refused instead of sent out in plaintext; a later run
     * restores it. Nothing is removed while the policy that refuses apps without an identity is gone or changed, because a destination
     * without any policy lets every app through.
     *
     * @param manifests of the state that is to be reached
     * @return the places of what was removed; what failed is added to the problems
     */
    Set<ObjectKey> close(Reconciliation round, List<Manifest> manifests, Problems problems) {
        Set<ObjectKey> closed = new HashSet<>();
        List<Manifest> policies = manifests.stream()
                .filter(manifest -> ObjectKind.of(manifest.kind()).admitsApp())
                .toList();
        List<ObjectComparison> found = live.at(policies);
        Optional<ObjectComparison> unrefused = found.stream()
                .filter(each -> each.manifest().shared() && !refuses(each))
                .findFirst();
        for (ObjectComparison own : found) {
            if (own.manifest().shared() || !round.ownership().owns(own)) {
                continue;
            }
            if (unrefused.isPresent()) {
                problems.add(
                        "The " + own.key() + " stays although what the app's calls rely on is not as approved: the "
                                + unrefused.get().key()
                                + " is not there as approved either, and a destination without any policy lets every app through.");
                continue;
            }
            problems.attempt(() -> {
                writer.remove(round, own.live().orElseThrow());
                closed.add(own.key());
                Optional<String> held = heldBy(own);
                if (own.heldBy().isEmpty()) {
                    round.record(ResourceEvent.Type.CLOSED, own, "", sentence(own, held));
                }
                held.ifPresent(by -> problems.add(sentence(own, held)));
            });
        }
        return closed;
    }

    private static boolean refuses(ObjectComparison policy) {
        return policy.contentAsApproved() && policy.heldBy().isEmpty();
    }

    /** Who keeps a removed policy from going; istiod applies it until then. */
    private Optional<String> heldBy(ObjectComparison removed) {
        String uid = removed.live().orElseThrow().uid();
        return live.at(removed.key())
                .object()
                .filter(left -> left.uid().equals(uid))
                .map(left -> String.join(", ", left.heldBy().orElse(List.of("nobody that the cluster names"))));
    }

    private static String sentence(ObjectComparison policy, Optional<String> held) {
        return held.map(by -> "The " + policy.key() + " was deleted to refuse the app, and is held by " + by
                        + ". Until it is gone the app is let through, although what its calls rely on is not as approved,"
                        + " and they could leave without the certificate.")
                .orElse("The " + policy.key()
                        + " was taken away, so that the app is refused: what its calls rely on is not as"
                        + " approved, and they could leave without the certificate. It comes back with that.");
    }

    /**
     * Records that the door is open again, if the object was removed to close it.
     *
     * @return whether it was
     */
    static boolean recordOpened(Reconciliation round, ObjectComparison found) {
        boolean opened = wasClosed(round, found);
        if (opened) {
            round.record(
                    ResourceEvent.Type.OPENED,
                    found,
                    "",
                    "Everything that the app's calls rely on is as approved again.");
        }
        return opened;
    }

    /** Whether an object is absent because Waypass removed it to close the door, in this run of the task or an earlier one. */
    static boolean wasClosed(Reconciliation round, ObjectComparison found) {
        return found.read().missing()
                && (round.hasClosed(found)
                        || round.job().closed().contains(found.key().place()));
    }
}
