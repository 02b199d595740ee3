package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ContestBackoff.Contest;
import java.time.Instant;
import java.util.Optional;

/** Decides what becomes of an object that shall not be there. */
final class RemovalDecider {

    enum Action {
        /** It cannot be read; nothing after it is removed. */
        REFUSE,
        /** It is not there, or not ours. */
        LEAVE,
        /** It comes back whenever it is removed: what it relies on stays as long as it does. */
        WAIT,
        /** Somebody deleted it already, and something holds it. */
        AWAIT_DELETION,
        /** It is removed. */
        REMOVE
    }

    /**
     * What becomes of an object.
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
