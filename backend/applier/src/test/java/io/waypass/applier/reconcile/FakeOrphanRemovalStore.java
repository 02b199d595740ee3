package io.waypass.applier.reconcile;

import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.reconcile.OrphanRemovalStore;
import io.waypass.task.Fence;
import java.util.ArrayList;
import java.util.List;

/** Hands out approved removals, and remembers what became of them. */
final class FakeOrphanRemovalStore implements OrphanRemovalStore {

    final List<Job> jobs = new ArrayList<>();
    final List<Removed> removed = new ArrayList<>();
    final List<String> failures = new ArrayList<>();
    final List<String> waits = new ArrayList<>();

    @Override
    public List<Job> takeUp(String resource, Fence fence) {
        return List.copyOf(jobs);
    }

    @Override
    public void confirm(Fence fence) {}

    @Override
    public void recordRemoved(Job job, Fence fence, List<Removed> done) {
        removed.addAll(done);
    }

    @Override
    public void recordFailure(Job job, Fence fence, String message) {
        failures.add(message);
    }

    @Override
    public void recordWait(Job job, Fence fence, String reason) {
        waits.add(reason);
    }
}
