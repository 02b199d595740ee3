package io.waypass.applier.reconcile;

import io.waypass.applier.reconcile.LiveStateReader.ObjectComparison;
import io.waypass.resource.ResourceChange;
import java.util.List;

/** What is not as approved of one object, and who did it. */
record ObjectDrift(ObjectComparison found, String manager, boolean foreign, List<String> others, List<String> fields) {

    String sentence() {
        String who = manager.isEmpty() ? "Somebody" : manager;
        if (found.read().missing()) {
            return "Somebody deleted the " + found.key() + ".";
        }
        if (!others.isEmpty()) {
            return "The " + found.key() + " holds entries that Waypass did not write: " + String.join(", ", others)
                    + ".";
        }
        if (foreign) {
            return "In the place of the " + found.key() + " is an object that Waypass did not write; "
                    + found.live().orElseThrow().managers() + " did.";
        }
        return who + " changed the " + found.key()
                + (fields.isEmpty() ? "" : " (" + String.join(", ", fields) + ")")
                + ".";
    }

    ResourceChange change(ResourceChange.Type type) {
        String diff = found.read().missing() ? "" : found.diff();
        return new ResourceChange(
                type,
                found.key().kind(),
                found.key().namespace(),
                found.key().name(),
                manager,
                diff.isEmpty() ? sentence() : diff);
    }
}
