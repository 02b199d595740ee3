package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ContestBackoff.Contest;
import java.time.Instant;
import java.util.Optional;

/** Decides the action for an object that should not exist. */
final class RemovalDecider {

    enum Action {
        /** The object cannot be read; nothing after it is removed. */
        REFUSE,
        /** The object does not exist, or is not ours. */
        LEAVE,
        /** The object comes back after each removal; what it relies on stays as long as it does. */
        WAIT,
        /** The object is deleted already, and a finalizer holds it. */
        AWAIT_DELETION,
        /** The object is removed. */
        REMOVE
    }

    /**
     * The action for an object.
     *
     * @param contest why it waits; empty unless it does
     */
    record Decision(Action action, Optional<Contest> contest) {

        private Decision(Action action) {
            this(action, Optional.empty());
        }
    }

    private final ContestBackoff backoff;

    RemovalDecider(ContestBackoff backoff) {
        this.backoff = backoff;
    }

    Decision decide(Reconciliation round, ObjectComparison found, Instant now) {
        if (found.read().refusal().isPresent()) {
            return new Decision(Action.REFUSE);
        }
        if (!round.ownership().owns(found)) {
            return new Decision(Action.LEAVE);
        }
        Optional<Contest> contest = round.isChange() ? Optional.empty() : backoff.contest(round.restored(found), now);
        if (contest.isPresent()) {
            return new Decision(Action.WAIT, contest);
        }
        return new Decision(found.heldBy().isEmpty() ? Action.REMOVE : Action.AWAIT_DELETION);
    }
}
