package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import java.util.List;
import java.util.Optional;

/**
 * A manifest, and the object in its place.
 *
 * @param manifest as approved
 */
record ObjectComparison(Manifest manifest, ObjectKey key, LiveRead read) {

    ObjectComparison(Manifest manifest, LiveRead read) {
        this(manifest, ObjectKey.of(manifest), read);
    }

    Optional<LiveObject> live() {
        return read.object();
    }

    /** The differing fields as a unified diff; empty if there are none. */
    String diff() {
        return ObjectDiff.between(live().map(LiveObject::comparable), manifest.json());
    }

    /** Whether the content is as approved, apart from labels, annotations and field managers. */
    boolean contentAsApproved() {
        return live().filter(object -> {
                    return ObjectDiff.same(object.comparable(), manifest.withoutMarks())
                            && object.lost(manifest).keySet().stream().allMatch(field -> field.startsWith("metadata."));
                })
                .isPresent();
    }

    /** Whether nothing has to be written: every field has its value, and Waypass owns it. */
    boolean asApproved() {
        return live().filter(object -> object.carriesMarksOf(manifest)
                                && object.otherEntries(manifest).isEmpty()
                                && object.heldBy().isEmpty())
                        .isPresent()
                && ObjectDiff.same(live().orElseThrow().comparable(), manifest.json())
                && live().orElseThrow().lost(manifest).isEmpty();
    }

    /** Finalizers that hold a deleted object; empty if it is not deleted. */
    Optional<List<String>> heldBy() {
        return live().flatMap(LiveObject::heldBy);
    }

    /** Whether it is known to differ; an object that cannot be read is not. */
    boolean differs() {
        return read.refusal().isEmpty() && !asApproved();
    }
}
