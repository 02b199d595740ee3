package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.ContestBackoff.Contest;
import java.time.Instant;
import java.util.Optional;

/** Decides what becomes of an object that was applied before. */
final class DriftDecider {

    enum Action {
        /** It belongs into the team's namespace, which may be somebody else's by now. */
        LEAVE_NAMESPACE,
        /** What is in its place is somebody else's, as a whole or in part. */
        LEAVE_FOREIGN,
        /** The cluster is set to report drift. */
        REPORT,
        /** A route to what is not as approved would send plaintext (measured), a policy would let the app do so. */
        KEEP_CLOSED,
        /** Others change it again each time that it is restored. */
        WAIT,
        /** Somebody deleted it, and something holds it; it is made again once it is gone. */
        AWAIT_DELETION,
        /** It is written as approved. */
        RESTORE
    }

    /**
     * What becomes of an object.
     *
     * @param drift what differs, and who did it
     * @param contest why it waits; empty unless it does
     */
    record Decision(Action action, ObjectDrift drift, Optional<Contest> contest) {}

    /**
     * What is known beside the object.
     *
     * @param changedNamespace the team's namespace, if it may be somebody else's by now
     * @param problems whether anything that comes before the object in the order of apply is not as approved
     * @param now the present
     */
    record Circumstances(Optional<String> changedNamespace, boolean problems, Instant now) {}

    private final ContestBackoff backoff;

    DriftDecider(ContestBackoff backoff) {
        this.backoff = backoff;
    }

    /** What becomes of an object; empty if nothing of it differs, as far as it can be read. */
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
