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
        /** The object is the Secret of the certificate before, and stays for a grace. */
        POSTPONE,
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
     * @param due when a replaced Secret is removed; empty for other objects
     */
    record Decision(Action action, Optional<Contest> contest, Optional<Instant> due) {

        private Decision(Action action) {
            this(action, Optional.empty(), Optional.empty());
        }
    }

    private final ContestBackoff backoff;
    private final RotationGrace grace;

    RemovalDecider(ContestBackoff backoff, RotationGrace grace) {
        this.backoff = backoff;
        this.grace = grace;
    }

    Decision decide(Reconciliation round, ObjectComparison found, Instant now) {
        if (found.read().refusal().isPresent()) {
            return new Decision(Action.REFUSE);
        }
        if (!round.ownership().owns(found)) {
            return new Decision(Action.LEAVE);
        }
        Optional<Instant> due = grace.notBefore(round, found.manifest(), now);
        if (due.filter(now::isBefore).isPresent()) {
            return new Decision(Action.POSTPONE, Optional.empty(), due);
        }
        Optional<Contest> contest = round.isChange() ? Optional.empty() : backoff.contest(round.restored(found), now);
        if (contest.isPresent()) {
            return new Decision(Action.WAIT, contest, Optional.empty());
        }
        return new Decision(found.heldBy().isEmpty() ? Action.REMOVE : Action.AWAIT_DELETION, Optional.empty(), due);
    }
}
