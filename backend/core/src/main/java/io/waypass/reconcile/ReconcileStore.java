package io.waypass.reconcile;

import io.waypass.destination.Destinations;
import io.waypass.plan.PlanObject;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.Operation;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.ResourceKind;
import io.waypass.task.Fence;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The resources that the applier of one cluster reconciles: their desired states, with the decisions that cover them, and what was
 * observed. Every method may be called again after a crash. Records are written under the {@link Fence} of the resource's task.
 */
public interface ReconcileStore {

    /** Goal of a run. */
    enum Goal {
        /** Apply an approved state that differs from the one applied last. */
        CHANGE,
        /** Keep the state that was applied last. */
        KEEP,
        /** Nothing is desired or applied: remove what an approval that was revoked may have left. */
        CLEAR
    }

    /**
     * A state of a resource that a decision covers.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param revision of the resource
     * @param operation intent of the revision
     * @param desired what the objects were rendered from
     * @param digest of the approved plan
     * @param objects of the approved plan: those that exist in this state, in the order of apply, then those that do not
     *     ({@link PlanObject.Action#DELETE}), in the order of removal
     * @param relied facts about the cluster that the plan relied on, by name
     * @param basisHolds whether what the plan was made from is unchanged in the database
     * @param appliedAt when the state was applied first; empty if it was not
     */
    record Target(
            long requestId,
            String request,
            int revision,
            Operation operation,
            DesiredState desired,
            String digest,
            List<PlanObject> objects,
            Map<String, String> relied,
            boolean basisHolds,
            Optional<Instant> appliedAt) {

        public Target {
            objects = List.copyOf(objects);
            relied = Map.copyOf(relied);
        }

        /** {@return whether the resource has no objects in this state} */
        public boolean retires() {
            return operation == Operation.RETIRE;
        }
    }

    /**
     * A resource to reconcile.
     *
     * @param resourceId key inside the database
     * @param resource public id
     * @param reportOnly whether drift is reported and not restored
     * @param target the state to reach; empty if the resource has none
     * @param applied for a change, objects of the plan that was applied last: Waypass owns their fields
     * @param leftovers the resource's own objects that approved plans may have written and that are not part of the target
     * @param firstApplied when each revision was applied first, by revision: since then it replaces the earlier ones
     * @param known UID of each object when it was observed last, by place
     * @param restored recent restorations, by place
     * @param closed places of objects that were removed to close the door, and not restored since
     */
    record Job(
            long resourceId,
            String resource,
            Goal goal,
            boolean reportOnly,
            Optional<Target> target,
            List<PlanObject> applied,
            List<PlanObject> leftovers,
            Map<Integer, Instant> firstApplied,
            Map<ObjectPlace, String> known,
            Map<ObjectPlace, ResourceEvents.Restored> restored,
            Set<ObjectPlace> closed) {

        public Job {
            applied = List.copyOf(applied);
            leftovers = List.copyOf(leftovers);
            firstApplied = Map.copyOf(firstApplied);
            known = Map.copyOf(known);
            restored = Map.copyOf(restored);
            closed = Set.copyOf(closed);
        }

        @Override
        public String toString() {
            return "Job[" + resource + ", " + goal
                    + target.map(to -> ", " + to.request()).orElse("") + "]";
        }
    }

    /**
     * An object that a watch reported.
     *
     * @param uid empty if the object is gone
     * @param resourceVersion empty if the object is gone
     * @param identity in the object's annotation
     */
    record ChangedObject(
            ObjectPlace place, Optional<String> uid, Optional<String> resourceVersion, Optional<String> identity) {}

    /** The place of an object that a resource had when it was observed last. */
    record ObservedPlace(long resourceId, ObjectPlace place) {}

    /**
     * Checks that this applier still holds the resource's task; called before each write to the cluster.
     *
     * @throws Fence.Overtaken if another applier has taken it
     */
    void confirm(Fence fence);

    /**
     * Returns a finished task to the queue, in one transaction with its new time. If the resource was enqueued since this run read its
     * desired state, the task is due at once. Only a decision cuts the delay of a retry short.
     *
     * @param reschedule sets the task's new time
     */
    void putBack(String task, String instance, Runnable reschedule);

    /** {@return the kind of a resource; empty if this cluster has no such resource} @param resource public id */
    Optional<ResourceKind> findKind(String resource);

    /** Ends a run that has nothing to do; it has answered the wakeups so far. */
    void skip(Fence fence);

    /**
     * Takes up a resource; this run answers the wakeups so far.
     *
     * @param resource public id
     * @return empty if this cluster has no such resource, or its next state waits for a plan or a decision and nothing was applied
     *     before
     */
    Optional<Job> takeUp(String resource, Fence fence);

    /**
     * Records that the target is reached; the request is applied.
     *
     * @param job with a target
     * @param observation as read back after the last write
     * @param changes of others that were found and restored during the run
     */
    void recordApplied(Job job, Fence fence, Observation observation, List<ResourceChange> changes);

    /**
     * Records the observed state of a resource whose applied state is kept.
     *
     * @param observation at the end of the run
     * @param changes of others, with their outcomes
     */
    void recordObserved(Job job, Fence fence, Observation observation, List<ResourceChange> changes);

    /**
     * Records that the cluster refused a change: the request fails, and the resource's task retries it.
     *
     * @param job with a target
     * @param message what happened, for people, with the API server's words
     * @param changes that were made to the cluster because of it
     */
    void recordFailure(Job job, Fence fence, String message, Observation observation, List<ResourceChange> changes);

    /**
     * Records why a request is still not applied; its status stays.
     *
     * @param reason for people, such as an API server that does not answer, and when the run is retried
     * @param changes that were restored before
     */
    void recordWait(Job job, Fence fence, String reason, List<ResourceChange> changes);

    /**
     * Returns a request to planning, because what its plan relied on has changed; nothing is applied.
     *
     * @param reason what changed
     * @return false if the request fails instead, because the resource has a newer open request; only one may be open
     */
    boolean replan(Job job, Fence fence, String reason);

    /**
     * Enqueues the resources whose objects differ from what was observed last. A shared object enqueues one of the identities that
     * share it.
     *
     * @param changed objects that changed or are gone
     */
    void enqueueChanged(List<ChangedObject> changed);

    /**
     * Lists the objects that were observed last, a page at a time; after a start they are compared with the cluster.
     *
     * @param after key of the last resource of the previous page, 0 for the first
     * @param atLeast size of the page; objects of one resource are on one page
     * @return existing objects, by resource; empty at the end
     */
    List<ObservedPlace> listObserved(long after, int atLeast);

    /** Enqueues resources, by their keys inside the database. */
    void enqueue(Set<Long> resourceIds);

    /** Enqueues every resource with an approved request that is not applied, in case its task was lost. */
    void sweep();

    /** {@return the cluster's destinations with their gateways, until they are removed from the catalogue} */
    List<Destinations.Entry> catalogue();

    /** {@return the shared ServiceEntries of the cluster's destinations, each as namespace, slash, name} */
    Set<String> sharedServiceEntries();

    /**
     * Records the binding of a shared ServiceEntry as a condition of every identity whose calls go through it.
     *
     * @param namespace of the ServiceEntry
     * @param name of the ServiceEntry
     */
    void recordBinding(String namespace, String name, Observation.ObservedCondition bound);

    /**
     * Records, at the database's time, that this applier watches the cluster. Observations count as fresh only while it does.
     *
     * @param unwatched what is not watched, and why; empty if everything is
     */
    void recordWatch(Optional<String> unwatched);
}
