package io.waypass.applier.reconcile;

import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.reconcile.ReconcileStore.Target;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvent;
import io.waypass.resource.ResourceEvents.Restored;
import io.waypass.task.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One round over one resource: what is to be done, by which right, and what was found and done on the way. */
final class Reconciliation {

    /** Nothing will change by itself. */
    static final Duration NEVER = Duration.ofDays(36_500);

    private final Job job;
    private final Fence fence;
    private final List<ResourceChange> changes;
    private final boolean exact;
    private final Ownership ownership;
    private final Optional<ApprovedState> approved;
    private boolean written;
    private Duration nextCheck = NEVER;

    /**
     * Begins a round.
     *
     * @param changes of earlier rounds, too: what was restored before somebody came between is told
     * @param exact whether an object has to be as it was read; in the last round it is enough that it is the same, since noise must
     *     not win
     */
    Reconciliation(Job job, Fence fence, List<ResourceChange> changes, boolean exact) {
        this.job = job;
        this.fence = fence;
        this.changes = changes;
        this.exact = exact;
        this.ownership = new Ownership(job);
        this.approved = job.target().map(ApprovedState::new);
    }

    Job job() {
        return job;
    }

    Fence fence() {
        return fence;
    }

    /** For log lines. */
    String resource() {
        return job.resource();
    }

    Target target() {
        return job.target().orElseThrow();
    }

    ApprovedState approved() {
        return approved.orElseThrow();
    }

    Ownership ownership() {
        return ownership;
    }

    /** Whether a decision is carried out, which contests do not hold up. */
    boolean isChange() {
        return job.goal() == Goal.CHANGE;
    }

    boolean exact() {
        return exact;
    }

    Optional<Restored> restored(ObjectComparison found) {
        return Optional.ofNullable(job.restored().get(found.key().place()));
    }

    List<ResourceChange> changes() {
        return changes;
    }

    void record(ResourceChange change) {
        changes.add(change);
    }

    void record(ResourceEvent.Type type, ObjectComparison found, String manager, String detail) {
        record(new ResourceChange(
                type, found.key().kind(), found.key().namespace(), found.key().name(), manager, detail));
    }

    /** Whether anything was written or removed, so that what was read before is not what is there. */
    boolean hasWritten() {
        return written;
    }

    void wrote() {
        written = true;
    }

    /** Has the resource re-checked after a while although nobody tells of a change. */
    void checkAgainIn(Duration wait) {
        if (wait.compareTo(nextCheck) < 0) {
            nextCheck = wait;
        }
    }

    Duration nextCheck() {
        return nextCheck;
    }
}
