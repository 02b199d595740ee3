package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.ReconcileStore.Target;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Detects that another team may own an app's namespace by now, so that nothing is created in it, least of all a Secret with the key. */
final class NamespaceGuard {

    private final ClusterObjects cluster;

    NamespaceGuard(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    /**
     * Reads the namespace if one of its objects is missing.
     *
     * @return what changed: it is gone, younger than what was applied, or may not be read; empty if nothing did
     */
    Optional<String> change(Target target, String name, List<ObjectComparison> found) {
        if (found.stream()
                .noneMatch(
                        each -> each.read().missing() && each.key().namespace().equals(name))) {
            return Optional.empty();
        }
        Optional<Instant> created;
        try {
            created = cluster.get(ObjectKey.of(ObjectKind.NAMESPACE, "", name)).flatMap(LiveObject::createdAt);
        } catch (ApiServerRefused refusal) {
            return Optional.of("The applier may not read the namespace " + name + ": “" + refusal.words()
                    + "”. Nothing is written there.");
        }
        if (created.isEmpty()) {
            return Optional.of("The namespace " + name + " is not there.");
        }
        return target.appliedAt()
                .filter(created.get()::isAfter)
                .map(_ -> "The namespace " + name + " was made anew at " + created.get()
                        + ", after this was applied; it may be"
                        + " somebody else's now. Nothing is written there until a refresh is approved.");
    }
}
