package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ConditionEvaluator.OutOfSync;
import io.waypass.resource.Observation;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Observes a resource after a run: its objects and conditions, or what others share of a retired one. */
final class ObservationReader {

    private final LiveStateReader live;
    private final ConditionEvaluator conditions;
    private final Clock clock;

    ObservationReader(LiveStateReader live, ConditionEvaluator conditions, Clock clock) {
        this.live = live;
        this.conditions = conditions;
        this.clock = clock;
    }

    /**
     * Evaluates the objects.
     *
     * @param known why the resource is not in sync, if that is known
     */
    Observation observe(Reconciliation round, List<ObjectComparison> found, Optional<OutOfSync> known) {
        ApprovedState approved = round.approved();
        if (approved.retires()) {
            return conditions.gone(found, round.ownership());
        }
        return conditions.observe(
                found,
                round.pendingRemovals(),
                approved.rules().conditions(found, live, clock.instant()),
                known,
                round.ownership());
    }

    /** The delay until the observation changes by time alone. */
    Duration untilNextChange(ApprovedState approved) {
        return approved.retires()
                ? Reconciliation.NEVER
                : approved.rules().untilNextChange(clock.instant()).orElse(Reconciliation.NEVER);
    }
}
