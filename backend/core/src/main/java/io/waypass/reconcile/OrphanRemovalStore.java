package io.waypass.reconcile;

import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.task.Fence;
import java.util.List;

/**
 * The approved removals of orphans that the applier of one cluster carries out. Every method may be called again after a crash. Records
 * are written under the {@link Fence} of the cluster's task.
 */
public interface OrphanRemovalStore {

    /**
     * An approved removal.
     *
     * @param clusterId key of the cluster
     * @param revision that lists the objects
     * @param request {@code req_…}
     * @param digest that the decision names
     * @param objects the whole list, in order; those with an outcome are done
     */
    record Job(long clusterId, int revision, String request, String digest, List<OrphanRemovalObject> objects) {

        public Job {
            objects = List.copyOf(objects);
        }

        @Override
        public String toString() {
            return "Job[" + request + "]";
        }
    }

    /**
     * Takes up the approved removals of a cluster; this run answers the wakeups so far.
     *
     * @param resource public id of the cluster's resource
     * @return in the order of their requests
     */
    List<Job> takeUp(String resource, Fence fence);

    /**
     * Checks that this applier still holds the cluster's task; called before each removal.
     *
     * @throws Fence.Overtaken if another applier has taken it
     */
    void confirm(Fence fence);

    /**
     * Records outcomes of objects. With the last one the request is applied.
     *
     * @param removed outcomes, of all objects or of a part of them
     */
    void recordRemoved(Job job, Fence fence, List<Removed> removed);

    /**
     * Records that the cluster refused to remove objects: the request fails and is retried. The other objects keep their outcomes.
     *
     * @param message the API server's words
     */
    void recordFailure(Job job, Fence fence, String message);

    /**
     * Records why a removal is still not done; its status stays.
     *
     * @param reason for people, and when the removal is retried
     */
    void recordWait(Job job, Fence fence, String reason);
}
