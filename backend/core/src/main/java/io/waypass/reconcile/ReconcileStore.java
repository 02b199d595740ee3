package io.waypass.reconcile;

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
 * Resources as the applier of one cluster keeps them: what shall be in the cluster, by which decision, and what was found there. Every
 * method may be called again after a crash. What is written down is written under the {@link Fence} of the resource's task.
 */
public interface ReconcileStore {

    /** What is to be done about a resource. */
    enum Goal {
        /** A decision asks for another state than the one that was applied last. */
        CHANGE,
        /** What was applied last is kept. */
        KEEP,
        /** Nothing is desired, nothing was applied: what an approval that no longer stands may have left is removed. */
        CLEAR
    }

    /**
     * A state of a resource that a decision covers.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param revision of the resource
     * @param operation what the revision asks for
     * @param desired what it was rendered from
     * @param digest that the decision names
     * @param objects the approved plan's own: what shall be there in the order of apply, then what shall not be there
     *     ({@link PlanObject.Action#DELETE}) in the order of removal
     * @param relied what the cluster said when it was planned, by name of the fact
     * @param basisHolds whether the database still says what the plan was made from
     * @param appliedAt when it was applied first; empty if it was not yet
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

        /** Copies what may change. */
        public Target {
            objects = List.copyOf(objects);
            relied = Map.copyOf(relied);
        }

        /** {@return whether nothing of the resource is left in this state} */
        public boolean retires() {
            return operation == Operation.RETIRE;
        }
    }

    /**
     * A resource to be reconciled.
     *
     * @param resourceId key inside the database
     * @param resource public id
     * @param goal what is to be done
     * @param reportOnly whether drift is told and not put right
     * @param target what shall be in the cluster; empty if nothing shall
     * @param applied objects of the plan that was applied last, if another is to be applied now: their fields are ours
     * @param leftovers the resource's own objects that approved plans may have written and that the target does not have
     * @param known uid of each object that was seen last, by place
     * @param restored what was put right of late, by place
     */
    record Job(
            long resourceId,
            String resource,
            Goal goal,
            boolean reportOnly,
            Optional<Target> target,
            List<PlanObject> applied,
            List<PlanObject> leftovers,
            Map<ObjectPlace, String> known,
            Map<ObjectPlace, ResourceEvents.Restored> restored) {

        /** Copies what may change. */
        public Job {
            applied = List.copyOf(applied);
            leftovers = List.copyOf(leftovers);
            known = Map.copyOf(known);
            restored = Map.copyOf(restored);
        }

        @Override
        public String toString() {
            return "Job[" + resource + ", " + goal
                    + target.map(to -> ", " + to.request()).orElse("") + "]";
        }
    }

    /**
     * An object that a watch spoke of.
     *
     * @param place where
     * @param uid of the object; empty if it is gone
     * @param resourceVersion of the object; empty if it is gone
     * @param identity that it says it belongs to
     */
    record Noticed(
            ObjectPlace place, Optional<String> uid, Optional<String> resourceVersion, Optional<String> identity) {}

    /**
     * An object as it was seen last.
     *
     * @param resourceId whose
     * @param place where
     */
    record Known(long resourceId, ObjectPlace place) {}

    /**
     * Says whether the resource is still this applier's to work on; asked before each write to the cluster.
     *
     * @param fence as it was taken
     * @throws Fence.Overtaken if not
     */
    void confirm(Fence fence);

    /**
     * Puts a task back that an applier has finished with, in one transaction with its new time: if somebody asked for another run since
     * the present one read what is desired, it is due at once. Only who decided may cut a retry's delay short.
     *
     * @param task name of the task
     * @param instance of the task
     * @param reschedule gives the task its new time
     */
    void putBack(String task, String instance, Runnable reschedule);

    /**
     * Finds what a resource is.
     *
     * @param resource its public id
     * @return its kind; empty if this cluster has no such resource
     */
    Optional<ResourceKind> kind(String resource);

    /**
     * Ends a run that has nothing to do: the wakeups so far are answered.
     *
     * @param fence the right to work on the resource
     */
    void skip(Fence fence);

    /**
     * Takes up a resource; the wakeups so far are answered by this run.
     *
     * @param resource its public id
     * @param fence the right to
     * @return what is to be done; empty if this cluster has no such resource, or its next state waits for a plan or a decision and
     *     nothing was applied before
     */
    Optional<Job> job(String resource, Fence fence);

    /**
     * Everything is as the target says, and was read back.
     *
     * @param job that was done, with a target
     * @param fence the right to say so
     * @param observation what was read back
     * @param changes what was found and put right on the way
     */
    void applied(Job job, Fence fence, Observation observation, List<ResourceChange> changes);

    /**
     * What was applied before was looked at.
     *
     * @param job that was done
     * @param fence the right to say so
     * @param observation what was found in the end
     * @param changes what others had done, and what became of it
     */
    void kept(Job job, Fence fence, Observation observation, List<ResourceChange> changes);

    /**
     * The cluster refused what was to be applied; the request fails, and is tried again by its resource's task.
     *
     * @param job what was tried, with a target
     * @param fence the right to say so
     * @param message the API server's words
     * @param observation what is there now
     */
    void failed(Job job, Fence fence, String message, Observation observation);

    /**
     * Says why a request is still not applied; its status stays.
     *
     * @param job what was to be done
     * @param fence the right to say so
     * @param reason for people, such as an API server that does not answer, and when it is tried again
     * @param changes what was put right before
     */
    void waits(Job job, Fence fence, String reason, List<ResourceChange> changes);

    /**
     * What the plan relied on no longer holds: the request goes back to planning, and nothing is applied.
     *
     * @param job what was to be applied
     * @param fence the right to say so
     * @param reason what changed
     * @return whether it does; one that has failed stays so while a newer request of the resource is open, since only one may be
     */
    boolean replan(Job job, Fence fence, String reason);

    /**
     * Takes in what watches told: a resource is enqueued if one of its objects is not as it was seen last. Of what many identities
     * share, one of them takes care.
     *
     * @param noticed objects that changed, or are gone
     */
    void noticed(List<Noticed> noticed);

    /**
     * What was seen last of all resources of the cluster, a part at a time; to be held against what is there after a start.
     *
     * @param after resource to go on after, 0 to begin
     * @param atLeast how many objects, if there are as many; a resource's objects come together
     * @return objects that were there, by resource; empty at the end
     */
    List<Known> known(long after, int atLeast);

    /**
     * Enqueues resources.
     *
     * @param resourceIds keys inside the database
     */
    void wanted(Set<Long> resourceIds);

    /** Enqueues every resource of which something approved is not applied, should its task have been lost. */
    void sweep();

    /** {@return the shared ServiceEntries of the cluster's destinations, each as namespace, slash, name} */
    Set<String> sharedServiceEntries();

    /**
     * Keeps what a shared ServiceEntry says for every identity that goes through it.
     *
     * @param namespace of the ServiceEntry
     * @param name of the ServiceEntry
     * @param bound what it says
     */
    void bound(String namespace, String name, Observation.ObservedCondition bound);

    /**
     * Says that the cluster is watched, so that what was seen is known to be fresh. The clock is the database's, by which is judged
     * how long ago it was.
     *
     * @param blind what is not watched, and why; empty if all is
     */
    void sighted(Optional<String> blind);
}
