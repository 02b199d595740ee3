package io.waypass.applier.reconcile;

import io.waypass.destination.Destinations;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.Condition;
import io.waypass.resource.Observation;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceKind;
import io.waypass.task.Fence;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Hands out one job, and remembers what became of it. */
final class FakeReconcileStore implements ReconcileStore {

    /** Supplies the job of each round. */
    Supplier<Optional<Job>> job = Optional::empty;

    /** Whether another applier holds the task. */
    boolean overtaken;

    /** Whether a request goes back to planning when it shall. */
    boolean replans = true;

    final List<ObservedPlace> observed = new ArrayList<>();
    final Set<String> shared = new HashSet<>();

    /** Which methods were called to record something, in order, with what they were told in words. */
    final List<String> outcomes = new ArrayList<>();

    final List<ChangedObject> changed = new ArrayList<>();
    final Set<Long> enqueued = new HashSet<>();
    final List<String> bindings = new ArrayList<>();
    int rounds;
    Optional<Observation> observation = Optional.empty();
    List<ResourceChange> changes = List.of();

    Optional<ObservedCondition> condition(Condition.Type type) {
        return observation.stream()
                .flatMap(seen -> seen.conditions().stream())
                .filter(condition -> condition.type() == type)
                .findFirst();
    }

    /** What was recorded to have become of changes, such as {@code restored HTTPRoute}. */
    List<String> recorded() {
        return changes.stream()
                .map(change -> change.type().value() + " " + change.kind())
                .toList();
    }

    @Override
    public void confirm(Fence fence) {
        if (overtaken) {
            throw new Fence.Overtaken(fence);
        }
    }

    @Override
    public void putBack(String task, String instance, Runnable reschedule) {
        reschedule.run();
    }

    @Override
    public Optional<ResourceKind> findKind(String resource) {
        return Optional.of(ResourceKind.IDENTITY);
    }

    @Override
    public void skip(Fence fence) {
        outcomes.add("skipped");
    }

    @Override
    public Optional<Job> takeUp(String resource, Fence fence) {
        rounds++;
        return job.get();
    }

    @Override
    public void recordApplied(Job done, Fence fence, Observation seen, List<ResourceChange> found) {
        record("applied", seen, found);
    }

    @Override
    public void recordObserved(Job done, Fence fence, Observation seen, List<ResourceChange> found) {
        record("observed", seen, found);
    }

    @Override
    public void recordFailure(Job tried, Fence fence, String message, Observation seen, List<ResourceChange> found) {
        record("failed: " + message, seen, found);
    }

    private void record(String outcome, Observation seen, List<ResourceChange> found) {
        outcomes.add(outcome);
        observation = Optional.of(seen);
        changes = List.copyOf(found);
    }

    @Override
    public void recordWait(Job waiting, Fence fence, String reason, List<ResourceChange> found) {
        outcomes.add("waits: " + reason);
        // what was recorded before it waits stays recorded
        changes = found.isEmpty() ? changes : List.copyOf(found);
    }

    @Override
    public boolean replan(Job refused, Fence fence, String reason) {
        outcomes.add("replan: " + reason);
        return replans;
    }

    @Override
    public void enqueueChanged(List<ChangedObject> news) {
        changed.addAll(news);
    }

    @Override
    public List<ObservedPlace> listObserved(long after, int atLeast) {
        return observed.stream()
                .filter(each -> each.resourceId() > after)
                .limit(atLeast)
                .toList();
    }

    @Override
    public void enqueue(Set<Long> resourceIds) {
        enqueued.addAll(resourceIds);
    }

    @Override
    public void sweep() {}

    @Override
    public List<Destinations.Entry> catalogue() {
        return List.of();
    }

    @Override
    public Set<String> sharedServiceEntries() {
        return shared;
    }

    @Override
    public void recordBinding(String namespace, String name, ObservedCondition condition) {
        bindings.add(namespace + "/" + name + " " + condition.status().value());
    }

    @Override
    public void recordWatch(Optional<String> unwatched) {}
}
