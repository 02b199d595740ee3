package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvent;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;

/**
 * Drift of one object.
 *
 * @param manager field manager that changed it; empty if unknown
 * @param foreign whether the live object is foreign, as a whole or in part, so that it is not overwritten
 * @param others entries that others added
 * @param fields approved fields that Waypass no longer owns
 */
record ObjectDrift(ObjectComparison found, String manager, boolean foreign, List<String> others, List<String> fields) {

    static ObjectDrift of(ObjectComparison found, Ownership ownership) {
        SortedMap<String, String> lost =
                found.live().map(object -> object.lost(found.manifest())).orElseGet(Collections::emptySortedMap);
        String manager = lost.values().stream()
                .filter(name -> !name.isEmpty())
                .findFirst()
                .or(() -> found.live().map(LiveObject::lastWriter))
                .orElse("");
        boolean stranger = found.live().isPresent() && !ownership.owns(found);
        List<String> others = found.live()
                .map(object -> object.otherEntries(found.manifest()))
                .orElse(List.of());
        return new ObjectDrift(found, manager, stranger || !others.isEmpty(), others, List.copyOf(lost.keySet()));
    }

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

    ResourceChange change(ResourceEvent.Type type) {
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
