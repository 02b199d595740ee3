package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.reconcile.ConditionEvaluator.OutOfSync;
import io.waypass.applier.reconcile.ContestBackoff.Contest;
import io.waypass.applier.reconcile.DriftDecider.Circumstances;
import io.waypass.applier.reconcile.DriftDecider.Decision;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvent;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Restores drifted objects of an applied state, or reports why it does not. */
final class DriftRepairer {

    private static final Logger LOG = LoggerFactory.getLogger(DriftRepairer.class);

    /**
     * Interval at which a foreign object in the place of one of ours is re-checked. One without our label may be of a kind that is
     * watched only by our label.
     */
    private static final Duration FOREIGN_RECHECK = Duration.ofSeconds(30);

    private final LiveStateReader live;
    private final ReconcileStore store;
    private final DriftDecider decider;
    private final NamespaceGuard namespaces;
    private final ObjectWriter writer;
    private final Door door;
    private final LeftoverRemover leftovers;
    private final ObservationReader observations;
    private final Clock clock;

    DriftRepairer(
            LiveStateReader live,
            ReconcileStore store,
            DriftDecider decider,
            NamespaceGuard namespaces,
            ObjectWriter writer,
            Door door,
            LeftoverRemover leftovers,
            ObservationReader observations,
            Clock clock) {
        this.live = live;
        this.store = store;
        this.decider = decider;
        this.namespaces = namespaces;
        this.writer = writer;
        this.door = door;
        this.leftovers = leftovers;
        this.observations = observations;
        this.clock = clock;
    }

    Duration repair(Reconciliation round) {
        ApprovedState approved = round.approved();
        if (!approved.hashes()) {
            return leaveUnapproved(round);
        }
        Problems problems = new Problems();
        List<ObjectComparison> found = live.at(approved.wanted());
        Set<ObjectKey> left;
        List<ObjectComparison> now;
        try {
            left = restore(round, found, problems);
            problems.attempt(() -> leftovers.removeLeftovers(round, approved.unwanted()));
            now = round.hasWritten() ? live.at(approved.wanted()) : found;
        } catch (ApiServerAway away) {
            // what was found is true, whether or not it could be restored
            record(round, found, problems);
            throw away;
        }
        record(round, now, problems);
        if (now.stream().anyMatch(each -> each.differs() && !left.contains(each.key()))) {
            // changed during this run; a watch does not enqueue the resource, because nothing is recorded yet
            return Duration.ZERO;
        }
        round.checkAgainIn(observations.untilNextChange(approved));
        return round.nextCheck();
    }

    /** The manifests in the database are not approved, so they are not written; the objects in the cluster are. */
    private Duration leaveUnapproved(Reconciliation round) {
        store.recordObserved(
                round.job(),
                round.fence(),
                observations.observe(
                        round,
                        live.at(round.approved().wanted()),
                        Optional.of(new OutOfSync(
                                "NotAsApproved",
                                "The stored manifests are not those that were approved. Nothing is restored until a new"
                                        + " request is approved."))),
                round.changes());
        return Reconciliation.NEVER;
    }

    /** Restores objects in the order of apply; returns those that are still not as approved. */
    private Set<ObjectKey> restore(Reconciliation round, List<ObjectComparison> found, Problems problems) {
        Set<ObjectKey> left = new HashSet<>();
        Optional<String> namespace = round.approved().rules().namespace();
        Optional<String> namespaceChange = round.approved().retires()
                ? Optional.empty()
                : namespace.flatMap(name -> namespaces.change(round.target(), name, found));
        namespaceChange.ifPresent(words -> problems.add("NamespaceChanged", words));
        Optional<String> changedNamespace = namespaceChange.flatMap(_ -> namespace);
        boolean several = namespaceChange.isEmpty()
                && found.stream().filter(each -> isUnsafe(round, each)).count() > 1;
        Optional<Set<ObjectKey>> closed = Optional.empty();
        for (ObjectComparison read : found) {
            ObjectComparison each =
                    closed.filter(keys -> keys.contains(read.key())).isPresent()
                            ? new ObjectComparison(read.manifest(), live.at(read.key()))
                            : read;
            Optional<Decision> decision =
                    decider.decide(round, each, new Circumstances(changedNamespace, problems.any(), clock.instant()));
            if (decision.isEmpty()) {
                continue;
            }
            boolean unsafe = !round.job().reportOnly() && isUnsafe(round, each);
            if (unsafe && several && closed.isEmpty()) {
                closed = Optional.of(door.close(round, round.approved().wanted(), problems));
            }
            int before = problems.count();
            try {
                carryOut(round, each, decision.get(), problems);
            } catch (ApiServerAway away) {
                problems.add(Problems.NOT_RESTORED, decision.get().drift().sentence() + " " + away.retrySentence());
                if (unsafe && closed.isEmpty()) {
                    door.close(round, round.approved().wanted(), problems);
                }
                throw away;
            }
            if (decision.get().action() == DriftDecider.Action.LEAVE_NAMESPACE) {
                left.add(each.key());
            } else if (problems.count() > before) {
                left.add(each.key());
                if (unsafe && closed.isEmpty()) {
                    closed = Optional.of(door.close(round, round.approved().wanted(), problems));
                }
            }
        }
        return left;
    }

    /** Whether an object differs so that calls could leave without the certificate; one that cannot be read is not known to. */
    private static boolean isUnsafe(Reconciliation round, ObjectComparison found) {
        return found.differs() && Door.isUnsafe(found, round.ownership());
    }

    private void carryOut(Reconciliation round, ObjectComparison found, Decision decision, Problems problems) {
        ObjectDrift drift = decision.drift();
        switch (decision.action()) {
            case LEAVE_NAMESPACE -> {}
            case LEAVE_FOREIGN -> {
                problems.add("ForeignObject", drift.sentence());
                round.checkAgainIn(FOREIGN_RECHECK);
            }
            case REPORT -> {
                round.record(drift.change(ResourceEvent.Type.REPORTED));
                problems.add("ReportedOnly", drift.sentence());
            }
            case KEEP_CLOSED ->
                problems.add(
                        "The " + found.key() + " is not restored before everything that it relies on is as approved.");
            case WAIT -> {
                Contest contest = decision.contest().orElseThrow();
                Instant now = clock.instant();
                round.record(drift.change(ResourceEvent.Type.CONTESTED));
                round.checkAgainIn(Duration.between(now, contest.until()));
                problems.add("Contested", drift.sentence() + " " + contest.sentence());
            }
            case AWAIT_DELETION ->
                problems.add(
                        "Terminating",
                        "The " + found.key() + " is being deleted, and held by "
                                + String.join(", ", found.heldBy().orElseThrow())
                                + ". It is made again once it is gone.");
            case RESTORE -> restoreOne(round, found, drift, problems);
        }
    }

    /** Restores one object. A failure does not keep the others from being restored. */
    private void restoreOne(Reconciliation round, ObjectComparison found, ObjectDrift drift, Problems problems) {
        String what = Door.wasClosed(round, found)
                ? "The " + found.key() + " was taken away to refuse the app."
                : drift.sentence();
        problems.attempt(() -> {
                    writer.write(round, found, true);
                    if (!Door.recordOpened(round, found)) {
                        round.record(drift.change(ResourceEvent.Type.RESTORED));
                    }
                    LOG.info("{}: restored: {}", round.resource(), what);
                })
                .ifPresent(
                        why -> round.record(ResourceEvent.Type.NOT_RESTORED, found, drift.manager(), what + " " + why));
    }

    private void record(Reconciliation round, List<ObjectComparison> now, Problems problems) {
        List<ResourceChange> changes = round.changes();
        store.recordObserved(
                round.job(), round.fence(), observations.observe(round, now, problems.words()), List.copyOf(changes));
        // what follows may have to record that it waits, and must not record these again
        changes.clear();
        problems.failure().ifPresent(failure -> {
            LOG.warn("{}: {}", round.resource(), failure.getMessage());
            throw failure;
        });
    }
}
