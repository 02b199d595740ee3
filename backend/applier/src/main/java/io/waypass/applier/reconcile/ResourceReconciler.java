package io.waypass.applier.reconcile;

import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.ResourceKind;
import io.waypass.task.Fence;
import java.time.Duration;

/** Makes the cluster hold what was approved for a resource, each kind by its own reconciler. */
public final class ResourceReconciler {

    private final ReconcileStore store;
    private final DesiredStateReconciler states;
    private final OrphanRemover orphans;

    public ResourceReconciler(ReconcileStore store, DesiredStateReconciler states, OrphanRemover orphans) {
        this.store = store;
        this.states = states;
        this.orphans = orphans;
    }

    /**
     * Reconciles a resource.
     *
     * @param resource its public id
     * @param fence the right to work on it
     * @return how long until it has to be re-checked although nobody tells of a change
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server gave no answer; a later run completes what was begun
     * @throws ApplyFailed if the cluster refused; already recorded
     * @throws KeysetBehind if this applier has not got the key; another one may
     * @throws Fence.Overtaken if another applier works on the resource now
     */
    public Duration reconcile(String resource, Fence fence) {
        return store.findKind(resource)
                .map(kind -> reconcile(kind, resource, fence))
                .orElseGet(() -> skip(fence));
    }

    private Duration reconcile(ResourceKind kind, String resource, Fence fence) {
        return switch (kind) {
            // nothing is approved of destinations and gateways yet: the plans of identities carry their objects
            case IDENTITY, DESTINATION, GATEWAY -> states.reconcile(resource, fence);
            case CLUSTER -> orphans.reconcile(resource, fence);
        };
    }

    private Duration skip(Fence fence) {
        store.skip(fence);
        return Reconciliation.NEVER;
    }
}
