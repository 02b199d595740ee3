package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.inventory.Inventory;
import io.waypass.reconcile.ReconcileStore.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Checks that what an approval relied on, apart from the resource's own objects, still holds when it is applied. */
final class ApprovalBasis {

    /** Facts whose change requires a new decision. A status that comes and goes is none of these. */
    private static final List<String> VITAL = List.of("host/", "routes/", "rules/", "credential/", "istiod");

    private static final Duration FIRST_LOOK = Duration.ofSeconds(10);

    private final ClusterObjects cluster;
    private final Inventory inventory;

    ApprovalBasis(ClusterObjects cluster, Inventory inventory) {
        this.cluster = cluster;
        this.inventory = inventory;
    }

    /** What changed in the database since the approval; empty if nothing did. */
    static Optional<String> changeInDatabase(Target target) {
        return target.basisHolds()
                ? Optional.empty()
                : Optional.of(
                        "The catalogue, who owns the namespace, or Waypass itself has changed since the approval.");
    }

    /**
     * What others changed in the cluster since the approval; empty if nothing did.
     *
     * @throws ApiServerAway if a fact of the plan cannot be read now: the request waits, and nothing is written on trust
     */
    Optional<String> changeInCluster(Target target, List<ObjectComparison> found) {
        return ResourceRules.of(target.desired()).missing(cluster).or(() -> changedFacts(target, found));
    }

    private Optional<String> changedFacts(Target target, List<ObjectComparison> found) {
        Map<String, String> vital = target.relied().entrySet().stream()
                .filter(fact -> VITAL.stream().anyMatch(fact.getKey()::startsWith))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        inventory.awaitFirstLook(FIRST_LOOK);
        inventory.unwatchedFor(vital).ifPresent(reason -> {
            throw new ApiServerAway(reason);
        });
        Set<String> own = found.stream().map(each -> each.key().toString()).collect(Collectors.toSet());
        List<String> differences = inventory.changes(vital, own);
        return differences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", differences));
    }
}
