package io.waypass.applier.reconcile;

import java.util.List;
import java.util.Optional;

/** Decides what becomes of an object when a decision is carried out. */
final class ChangeDecider {

    enum Action {
        /** It is as approved already. */
        NONE,
        /** Somebody deleted it, and something holds it: nothing that relies on it is written before it is gone. */
        AWAIT_DELETION,
        /** It is written; a field that somebody else owns is not taken. */
        WRITE,
        /** It is written; every field of it was ours under the plan before, so that the approval covers reverting them. */
        WRITE_AND_REVERT
    }

    private ChangeDecider() {}

    /** Why what was approved must not be written in an object's place; empty if it may be. */
    static Optional<String> objection(ObjectComparison found, Ownership ownership) {
        return found.live().flatMap(object -> {
            if (!ownership.owns(found)) {
                return Optional.of("There is an object in the place of the " + found.key() + " now that this "
                        + ownership.owner() + " does not own; " + object.managers() + " wrote it.");
            }
            List<String> others = object.otherEntries(found.manifest());
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of("The " + found.key() + " holds entries that Waypass did not write: "
                            + String.join(", ", others) + ".");
        });
    }

    static Action decide(ObjectComparison found, Ownership ownership) {
        if (found.heldBy().isPresent()) {
            return Action.AWAIT_DELETION;
        }
        if (found.asApproved()) {
            return Action.NONE;
        }
        return ownership.coversEveryField(found) ? Action.WRITE_AND_REVERT : Action.WRITE;
    }
}
