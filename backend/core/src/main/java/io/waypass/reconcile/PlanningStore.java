package io.waypass.reconcile;

import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The requests that the applier of one cluster plans. Every method is idempotent, and may be called again after a crash. */
public interface PlanningStore {

    /**
     * A request that waits for a decision, and what its plan relied on.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param plan public id of its plan
     * @param own objects of the plan, each as kind, space, namespace, slash, name
     * @param relied facts about the cluster that the plan relied on, by name
     * @param basisHolds whether what the plan was made from is unchanged in the database
     * @param cause why the plan replaced an earlier one; empty for the first
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
     * A request that waits for a decision, and whose plan has a dry run without a result.
     *
     * @param objects of the plan, in the order of apply
     */
    record Untried(Waiting waiting, List<PlanObject> objects) {}

    /**
     * Takes up a request to plan it.
     *
     * @param request {@code req_…}
     * @return empty if the request does not wait for a plan
     */
    Optional<PlanJob> takeUp(String request);

    /** Records a plan; the request becomes {@code pending}, or {@code invalid} if a check failed. */
    void recordPlan(PlanJob job, NewPlan plan);

    /**
     * Records why a request is still not planned or applied; its status stays.
     *
     * @param requestId key inside the database
     * @param task {@code plan} or {@code apply}
     * @param reason for people, such as an API server that does not answer, and when the task is retried
     */
    void recordWait(long requestId, String task, String reason);

    /**
     * Finds the requests of this cluster that wait for a decision.
     *
     * @param facts only requests whose plan relied on one of these; empty for all requests
     * @return oldest first
     */
    List<Waiting> findWaiting(Optional<Set<String>> facts);

    /** {@return a request of this cluster, if it waits for a decision} @param request {@code req_…} */
    Optional<Waiting> findWaiting(String request);

    /**
     * Finds a request of this cluster that waits for a decision, if a dry run of its plan had no result.
     *
     * @param request {@code req_…}
     */
    Optional<Untried> findUntried(String request);

    /**
     * Returns a waiting request to planning, because what its plan was made from has changed.
     *
     * @param cause what changed, for people
     * @return false if the request was decided, withdrawn or replanned meanwhile
     */
    boolean replan(Waiting waiting, String cause);
}
