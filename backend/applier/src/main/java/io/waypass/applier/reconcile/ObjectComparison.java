package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import java.util.List;
import java.util.Optional;

/**
 * A manifest, and what was found in its place.
 *
 * @param manifest as approved
 * @param key where it belongs
 * @param read what is there
 */
record ObjectComparison(Manifest manifest, ObjectKey key, LiveRead read) {

    ObjectComparison(Manifest manifest, LiveRead read) {
        this(manifest, ObjectKey.of(manifest), read);
    }

    Optional<LiveObject> live() {
        return read.object();
    }

    /** The fields that differ from what was approved, as a unified diff; empty if none does. */
    String diff() {
        return ObjectDiff.between(live().map(LiveObject::comparable), manifest.json());
    }

    /** Whether it says what was approved, whatever its labels and annotations say, and who owns them. */
    boolean contentAsApproved() {
        return live().filter(object -> {
                    return ObjectDiff.same(object.comparable(), manifest.withoutMarks())
                            && object.lost(manifest).keySet().stream().allMatch(field -> field.startsWith("metadata."));
                })
                .isPresent();
    }

    /** Whether nothing of it has to be written: every field has its value, and is ours. */
    boolean asApproved() {
        return live().filter(object -> object.carriesMarksOf(manifest)
                                && object.otherEntries(manifest).isEmpty()
                                && object.heldBy().isEmpty())
                        .isPresent()
                && ObjectDiff.same(live().orElseThrow().comparable(), manifest.json())
                && live().orElseThrow().lost(manifest).isEmpty();
    }

    /** What keeps it from going although somebody deleted it; empty if nobody did. */
    Optional<List<String>> heldBy() {
        return live().flatMap(LiveObject::heldBy);
    }

    /** Whether it is seen not to be as approved; what cannot be read is not. */
    boolean differs() {
        return read.refusal().isEmpty() && !asApproved();
    }
}
