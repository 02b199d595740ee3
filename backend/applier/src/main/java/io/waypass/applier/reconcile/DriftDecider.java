package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ContestBackoff.Contest;
import java.time.Instant;
import java.util.Optional;

/** Decides the action for a drifted object. */
final class DriftDecider {

    enum Action {
        /** The object belongs into the app's namespace, which another team may own by now. */
        LEAVE_NAMESPACE,
        /** The object in its place is foreign, as a whole or in part. */
        LEAVE_FOREIGN,
        /** The cluster's drift policy is to report only. */
        REPORT,
        /** A route to objects that are not as approved would send plaintext (measured); a policy would allow it. */
        KEEP_CLOSED,
        /** Others change the object after each restoration. */
        WAIT,
        /** The object is deleted, and a finalizer holds it; it is created again once it is gone. */
        AWAIT_DELETION,
        /** The object is written as approved. */
        RESTORE
    }

    /**
     * The action for an object.
     *
     * @param drift what differs, and who changed it
     * @param contest why it waits; empty unless it does
     */
    record Decision(Action action, ObjectDrift drift, Optional<Contest> contest) {}

    /**
     * Facts apart from the object itself.
     *
     * @param changedNamespace the app's namespace, if another team may own it by now
     * @param problems whether an object that is earlier in the order of apply is not as approved
     */
    record Circumstances(Optional<String> changedNamespace, boolean problems, Instant now) {}

    private final ContestBackoff backoff;

    DriftDecider(ContestBackoff backoff) {
        this.backoff = backoff;
    }

    /** Decides on an object; empty if nothing differs, as far as it can be read. */
    Optional<Decision> decide(Reconciliation round, ObjectComparison found, Circumstances circumstances) {
        if (!found.differs()) {
            return Optional.empty();
        }
        ObjectDrift drift = ObjectDrift.of(found, round.ownership());
        Optional<Contest> contest = backoff.contest(round.restored(found), circumstances.now());
        Action action = action(round, found, drift.foreign(), contest.isPresent(), circumstances);
        return Optional.of(new Decision(action, drift, action == Action.WAIT ? contest : Optional.empty()));
    }

    private static Action action(
            Reconciliation round,
            ObjectComparison found,
            boolean foreign,
            boolean contested,
            Circumstances circumstances) {
        if (circumstances
                .changedNamespace()
                .filter(found.key().namespace()::equals)
                .isPresent()) {
            return Action.LEAVE_NAMESPACE;
        }
        if (foreign) {
            return Action.LEAVE_FOREIGN;
        }
        if (round.job().reportOnly()) {
            return Action.REPORT;
        }
        if (Door.opens(found.manifest()) && circumstances.problems()) {
            return Action.KEEP_CLOSED;
        }
        if (contested) {
            return Action.WAIT;
        }
        return found.heldBy().isPresent() ? Action.AWAIT_DELETION : Action.RESTORE;
    }
}
