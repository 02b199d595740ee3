package io.waypass.applier.reconcile;

import io.waypass.manifests.Manifest;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.ResourceEvent;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes leftovers of an identity: what its target removes, and what earlier approvals may have left. */
final class LeftoverRemover {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverRemover.class);

    private final LiveStateReader live;
    private final ObjectRemover remover;
    private final ReconcileStore store;
    private final ConditionEvaluator conditions;

    LeftoverRemover(LiveStateReader live, ObjectRemover remover, ReconcileStore store, ConditionEvaluator conditions) {
        this.live = live;
        this.remover = remover;
        this.store = store;
        this.conditions = conditions;
    }

    /** Runs a job without a desired or applied state. */
    Duration clear(Reconciliation round) {
        Problems problems = new Problems();
        problems.attempt(() -> removeLeftovers(round, List.of()));
        store.recordObserved(
                round.job(), round.fence(), conditions.gone(List.of(), round.ownership()), round.changes());
        problems.failure().ifPresent(failure -> {
            LOG.warn("{}: {}", round.resource(), failure.getMessage());
            throw failure;
        });
        return round.nextCheck();
    }

    /**
     * Removes leftovers in order. If drift is only reported, they are reported and stay, apart from Secrets that an approved rotation
     * replaced: their removal is part of it.
     *
     * @param unwanted objects that the target removes
     */
    void removeLeftovers(Reconciliation round, List<Manifest> unwanted) {
        List<Manifest> all = Manifest.inOrderOfRemoval(Stream.concat(
                        unwanted.stream(),
                        round.job().leftovers().stream().map(object -> Manifest.of(object.manifest())))
                .distinct()
                .toList());
        if (round.job().reportOnly() && round.job().goal() == Goal.KEEP) {
            report(round, live.at(all));
        } else {
            remover.removeInOrder(round, all);
        }
    }

    private void report(Reconciliation round, List<ObjectComparison> unwanted) {
        remover.removeInOrder(
                round,
                unwanted.stream()
                        .filter(found -> isReplaced(round, found))
                        .map(ObjectComparison::manifest)
                        .toList());
        for (ObjectComparison found : unwanted) {
            found.live()
                    .filter(_ -> !isReplaced(round, found))
                    .filter(object -> object.carriesMarksOf(found.manifest()))
                    .ifPresent(object -> round.record(
                            ResourceEvent.Type.REPORTED,
                            found,
                            object.lastWriter(),
                            found.key() + " is there although it was taken away."));
        }
    }

    /** Whether a Secret has existed since its identity's rotation, which removes it later. */
    private static boolean isReplaced(Reconciliation round, ObjectComparison found) {
        return SecretFiller.isSecret(found.manifest()) && !round.target().retires() && round.isKnown(found);
    }
}
