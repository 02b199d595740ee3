package io.waypass.applier.reconcile;

import java.util.List;
import java.util.Optional;

/** Decides the action for an object of an approved change. */
final class ChangeDecider {

    enum Action {
        /** The object is as approved. */
        NONE,
        /** The object is deleted, and a finalizer holds it: nothing that relies on it is written before it is gone. */
        AWAIT_DELETION,
        /** The object is written; fields of other managers are not taken over. */
        WRITE,
        /** The object is written; Waypass owned all its fields under the previous plan, so the approval covers reverting them. */
        WRITE_AND_REVERT
    }

    private ChangeDecider() {}

    /** Why the approved object must not be written in this place; empty if it may be. */
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
