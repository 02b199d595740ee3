package io.waypass.applier.apply;

import io.waypass.applier.apply.Looking.Found;
import io.waypass.request.IdentityChange;
import java.util.List;

/** What is not as approved of one object, and who did it. */
record Drift(Found found, String manager, boolean foreign, List<String> others, List<String> fields) {

    String sentence() {
        String who = manager.isEmpty() ? "Somebody" : manager;
        if (found.sighting().missing()) {
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

    IdentityChange change(IdentityChange.Type type) {
        String diff = found.sighting().missing() ? "" : found.diff();
        return new IdentityChange(
                type,
                found.key().kind(),
                found.key().namespace(),
                found.key().name(),
                manager,
                diff.isEmpty() ? sentence() : diff);
    }
}
