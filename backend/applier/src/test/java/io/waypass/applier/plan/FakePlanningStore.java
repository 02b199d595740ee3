package io.waypass.applier.plan;

import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanJob;
import io.waypass.reconcile.PlanningStore;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Requests in memory that wait for a decision. */
final class FakePlanningStore implements PlanningStore {

    private final Map<String, Waiting> waiting = new LinkedHashMap<>();
    private final Map<String, String> sentBack = new LinkedHashMap<>();
    private final List<Optional<Set<String>>> asked = new CopyOnWriteArrayList<>();
    private int failures;

    /** Objects of plans with a dry run that had no result, by request. */
    final Map<String, List<PlanObject>> untried = new LinkedHashMap<>();

    /** Of this request, somebody decides before it is sent back. */
    Optional<String> decided = Optional.empty();

    void add(Waiting request) {
        waiting.put(request.request(), request);
    }

    /** The database does not answer the next times. */
    void away(int times) {
        failures = times;
    }

    /** {@return the cause of each request that went back to planning, since this was asked before} */
    Map<String, String> sentBack() {
        Map<String, String> causes = new LinkedHashMap<>(sentBack);
        sentBack.clear();
        return causes;
    }

    /** {@return what was asked for: plans that relied on facts, or empty for all} */
    List<Optional<Set<String>>> asked() {
        return List.copyOf(asked);
    }

    private void answer() {
        if (failures > 0) {
            failures--;
            throw new IllegalStateException("the database is away");
        }
    }

    @Override
    public List<Waiting> findWaiting(Optional<Set<String>> facts) {
        asked.add(facts);
        answer();
        return waiting.values().stream()
                .filter(request ->
                        facts.isEmpty() || request.relied().keySet().stream().anyMatch(facts.get()::contains))
                .toList();
    }

    @Override
    public Optional<Waiting> findWaiting(String request) {
        answer();
        return Optional.ofNullable(waiting.get(request));
    }

    @Override
    public Optional<Untried> findUntried(String request) {
        return Optional.ofNullable(untried.get(request))
                .flatMap(objects -> findWaiting(request).map(found -> new Untried(found, objects)));
    }

    @Override
    public boolean replan(Waiting request, String cause) {
        answer();
        boolean waits = waiting.remove(request.request()) != null;
        if (!waits || decided.equals(Optional.of(request.request()))) {
            return false;
        }
        sentBack.put(request.request(), cause);
        return true;
    }

    @Override
    public Optional<PlanJob> takeUp(String request) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void recordPlan(PlanJob job, NewPlan plan) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void recordWait(long requestId, String task, String reason) {
        throw new UnsupportedOperationException();
    }
}
