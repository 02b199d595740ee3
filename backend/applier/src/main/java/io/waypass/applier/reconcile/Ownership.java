package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.OwnedFields;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.ReconcileStore.Job;
import java.util.List;
import java.util.Optional;

/** Determines the objects that Waypass may write for one resource. */
final class Ownership {

    private final Job job;

    Ownership(Job job) {
        this.job = job;
    }

    /** {@return the word for the kind of resource in messages, such as {@code identity}} */
    String owner() {
        return job.target().map(target -> target.desired().kind().value()).orElse("resource");
    }

    /** By its marks, or because it is the very object that we wrote before, whatever was done to its marks since. */
    boolean owns(ObjectComparison found) {
        return found.live()
                .filter(object -> object.carriesMarksOf(found.manifest()) || isWrittenBefore(found, object))
                .isPresent();
    }

    private boolean isWrittenBefore(ObjectComparison found, LiveObject object) {
        return object.uid().equals(job.known().get(found.key().place()));
    }

    /** Whether Waypass owned every field of an object under the plan that was applied before. */
    boolean coversEveryField(ObjectComparison found) {
        if (found.live().filter(object -> isWrittenBefore(found, object)).isEmpty()) {
            return false;
        }
        List<String> fields = OwnedFields.leaves(found.manifest().json()).stream()
                .filter(field -> !field.equals("metadata.annotations.waypass.io/digest"))
                .toList();
        return before(found)
                .filter(applied -> OwnedFields.leaves(applied.manifest().json()).containsAll(fields))
                .isPresent();
    }

    /** The object compared with the plan that was applied before; empty if that plan did not have it. */
    Optional<ObjectComparison> before(ObjectComparison found) {
        return job.applied().stream()
                .filter(object -> object.action() != PlanObject.Action.DELETE)
                .map(object -> Manifest.of(object.manifest()))
                .filter(manifest -> ObjectKey.of(manifest).equals(found.key()))
                .findFirst()
                .map(manifest -> new ObjectComparison(manifest, found.key(), found.read()));
    }
}
