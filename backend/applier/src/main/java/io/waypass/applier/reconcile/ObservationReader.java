package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ConditionEvaluator.OutOfSync;
import io.waypass.resource.Observation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What is recorded of an identity after a round: its objects and conditions, or what others still share of one that is retired. */
final class ObservationReader {

    private final LiveStateReader live;
    private final ConditionEvaluator conditions;

    ObservationReader(LiveStateReader live, ConditionEvaluator conditions) {
        this.live = live;
        this.conditions = conditions;
    }

    /**
     * Evaluates what was found.
     *
     * @param known why the identity is not in sync, if that is known
     */
    Observation observe(Reconciliation round, List<ObjectComparison> found, Optional<OutOfSync> known) {
        ApprovedState approved = round.approved();
        if (approved.retires()) {
            return conditions.gone(found, round.ownership());
        }
        LiveRead shared =
                live.at(ConditionEvaluator.sharedEntry(approved.target().desired()));
        return conditions.observe(found, shared, approved.facts(), known, round.ownership());
    }

    /** How long until what was observed changes by the time alone. */
    Duration untilNextChange(ApprovedState approved) {
        return approved.retires()
                ? Reconciliation.NEVER
                : conditions.untilNextChange(approved.facts()).orElse(Reconciliation.NEVER);
    }
}
