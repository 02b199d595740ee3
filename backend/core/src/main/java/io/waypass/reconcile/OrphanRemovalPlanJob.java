package io.waypass.reconcile;

import io.waypass.cluster.OrphanRemovalObject;
import java.util.List;
import java.util.Optional;

/**
 * A request to remove orphans that is to be planned.
 *
 * @param requestId key inside the database
 * @param request {@code req_…}
 * @param basis stands for everything in the database that the plan is made from
 * @param cause why a plan is made anew; empty for the first
 * @param objects the list
 */
public record OrphanRemovalPlanJob(
        long requestId, String request, String basis, Optional<String> cause, List<OrphanRemovalObject> objects)
        implements PlanJob {

    /** Copies the list. */
    public OrphanRemovalPlanJob {
        objects = List.copyOf(objects);
    }
}
