package io.waypass.reconcile;

import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.task.Fence;
import java.util.List;

/**
 * Approved removals of orphans as the applier of one cluster carries them out. Every method may be called again after a crash; what is
 * written down is written under the {@link Fence} of the cluster's task.
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

        /** Copies the list. */
        public Job {
            objects = List.copyOf(objects);
        }

        @Override
        public String toString() {
            return "Job[" + request + "]";
        }
    }

    /**
     * Takes up the approved removals of a cluster; the wakeups so far are answered by this run.
     *
     * @param resource public id of the cluster's resource
     * @param fence the right to
     * @return in the order of their requests; empty if none is left
     */
    List<Job> jobs(String resource, Fence fence);

    /**
     * Says whether the cluster's task is still this applier's; asked before each removal.
     *
     * @param fence as it was taken
     * @throws Fence.Overtaken if not
     */
    void confirm(Fence fence);

    /**
     * Records what became of objects. With the last one the request is applied.
     *
     * @param job that was worked on
     * @param fence the right to say so
     * @param removed what became of which; may come in several parts
     */
    void removed(Job job, Fence fence, List<Removed> removed);

    /**
     * Records that the cluster refused to remove objects: the request fails and is retried. The other objects keep their outcomes.
     *
     * @param job that was worked on
     * @param fence the right to say so
     * @param message the API server's words
     */
    void failed(Job job, Fence fence, String message);

    /**
     * Records why a removal is still not done; its status stays.
     *
     * @param job that was to be done
     * @param fence the right to say so
     * @param reason for people, and when it is retried
     */
    void waits(Job job, Fence fence, String reason);
}
