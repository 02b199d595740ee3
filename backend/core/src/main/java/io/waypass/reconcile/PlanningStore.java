package io.waypass.reconcile;

import io.waypass.plan.NewPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Requests as the applier of one cluster works on them: it makes plans, and applies what a decision covers. Every method
 * may be called again after a crash; a step that was done already changes nothing.
 */
public interface PlanningStore {

    /**
     * A request that waits for a decision, and what its plan relied on.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param plan public id of its plan
     * @param own the plan's own objects, each as kind, space, namespace, slash, name
     * @param relied what the cluster said, by name of the fact
     * @param basisHolds whether the database still says what the plan was made from
     * @param cause why the plan took the place of an earlier one; empty for the first
     */
    record Waiting(
            long requestId,
            String request,
            String plan,
            Set<String> own,
            Map<String, String> relied,
            boolean basisHolds,
            Optional<String> cause) {}

    /**
     * Takes up a request to plan it.
     *
     * @param request {@code req_…}
     * @return the job; empty if it is not waiting for a plan (any more)
     */
    Optional<PlanJob> planJob(String request);

    /**
     * Keeps a plan and moves the request on: to {@code pending}, or to {@code invalid} if a check failed.
     *
     * @param job what was planned
     * @param plan what was found
     */
    void planned(PlanJob job, NewPlan plan);

    /**
     * Says why a request is still not planned or applied; its status stays.
     *
     * @param requestId key inside the database
     * @param task {@code plan} or {@code apply}
     * @param reason for people, such as an API server that does not answer, and when it is tried again
     */
    void waits(long requestId, String task, String reason);

    /**
     * The requests that wait for a decision in this cluster.
     *
     * @param facts only those whose plan relied on one of these; empty for all of them
     * @return oldest first
     */
    List<Waiting> waiting(Optional<Set<String>> facts);

    /**
     * One request that waits for a decision in this cluster.
     *
     * @param request {@code req_…}
     * @return it, if it waits
     */
    Optional<Waiting> waiting(String request);

    /**
     * What a plan was made from has changed while it waited for a decision: it is made anew.
     *
     * @param waiting the request and the plan that no longer holds
     * @param cause what changed, for people
     * @return whether it goes back to planning; not if it was decided, withdrawn or planned anew meanwhile
     */
    boolean planAnew(Waiting waiting, String cause);
}
