package io.waypass.applier.reconcile;

import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.ResourceKind;
import io.waypass.task.Fence;
import java.time.Duration;
import java.util.function.Consumer;

/** Reconciles resources, each kind by its own reconciler. */
public final class ResourceReconciler {

    private final ReconcileStore store;
    private final DesiredStateReconciler states;
    private final OrphanRemover orphans;
    private final Consumer<String> reconciled;

    /** @param reconciled called with the public id of each identity that was reconciled */
    public ResourceReconciler(
            ReconcileStore store, DesiredStateReconciler states, OrphanRemover orphans, Consumer<String> reconciled) {
        this.store = store;
        this.reconciled = reconciled;
        this.states = states;
        this.orphans = orphans;
    }

    /**
     * Reconciles a resource.
     *
     * @param resource public id
     * @param fence proof that this applier holds the resource's task
     * @return the delay until the next run if nothing enqueues the resource before
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server did not answer; a later run completes this one
     * @throws ApplyFailed if the cluster refused; already recorded
     * @throws KeysetBehind if this applier does not have the key; another one may
     * @throws Fence.Overtaken if another applier works on the resource now
     */
    public Duration reconcile(String resource, Fence fence) {
        return store.findKind(resource)
                .map(kind -> reconcile(kind, resource, fence))
                .orElseGet(() -> skip(fence));
    }

    private Duration reconcile(ResourceKind kind, String resource, Fence fence) {
        return switch (kind) {
            // a kind that no request is about has no approved revision, so nothing is done about it
            case IDENTITY, DESTINATION, GATEWAY -> {
                Duration next = states.reconcile(resource, fence);
                reconciled.accept(resource);
                yield next;
            }
            case CLUSTER -> orphans.reconcile(resource, fence);
        };
    }

    private Duration skip(Fence fence) {
        store.skip(fence);
        return Reconciliation.NEVER;
    }
}
