package io.waypass.applier.reconcile;

import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.reconcile.ReconcileStore.Target;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvent;
import io.waypass.resource.ResourceEvents.Restored;
import io.waypass.task.Fence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run over one resource: its job and fence, and the changes so far. */
final class Reconciliation {

    /** The delay if nothing changes by time alone. */
    static final Duration NEVER = Duration.ofDays(36_500);

    private final Job job;
    private final Fence fence;
    private final List<ResourceChange> changes;
    private final boolean exact;
    private final Ownership ownership;
    private final Optional<ApprovedState> approved;
    private final List<PendingRemoval> pendingRemovals = new ArrayList<>();
    private boolean written;
    private Duration nextCheck = NEVER;

    /**
     * Starts a run.
     *
     * @param changes including those of earlier runs of the same task, so that they are recorded
     * @param exact whether an object must have the version that was read; in the last run the same UID is enough, so that frequent writes
     *     of others cannot block it
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

    /** The resource's public id, for logs. */
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

    /** Whether this run applies a change; contests do not delay one. */
    boolean isChange() {
        return job.goal() == Goal.CHANGE;
    }

    boolean exact() {
        return exact;
    }

    Optional<Restored> restored(ObjectComparison found) {
        return Optional.ofNullable(job.restored().get(found.key().place()));
    }

    /** Whether an object is the very one that was observed last in its place. */
    boolean isKnown(ObjectComparison found) {
        return found.live()
                .filter(object ->
                        object.uid().equals(job.known().get(found.key().place())))
                .isPresent();
    }

    /** Leaves an object for a later run, which this schedules. */
    void postpone(PendingRemoval removal, Instant now) {
        pendingRemovals.add(removal);
        checkAgainIn(Duration.between(now, removal.due()));
    }

    /** Objects that this run left for a later one to remove. */
    List<PendingRemoval> pendingRemovals() {
        return List.copyOf(pendingRemovals);
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

    /** Whether the door was closed by removing this object, in this run of the task. */
    boolean hasClosed(ObjectComparison found) {
        return changes.stream()
                .anyMatch(change -> change.type() == ResourceEvent.Type.CLOSED
                        && change.kind().equals(found.key().kind())
                        && change.namespace().equals(found.key().namespace())
                        && change.name().equals(found.key().name()));
    }

    /** Whether anything was written or removed, so that earlier reads are out of date. */
    boolean hasWritten() {
        return written;
    }

    void wrote() {
        written = true;
    }

    /** Re-checks the resource after a delay, if nothing enqueues it before. */
    void checkAgainIn(Duration wait) {
        if (wait.compareTo(nextCheck) < 0) {
            nextCheck = wait;
        }
    }

    Duration nextCheck() {
        return nextCheck;
    }
}
