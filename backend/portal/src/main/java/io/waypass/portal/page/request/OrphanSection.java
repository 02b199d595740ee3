package io.waypass.portal.page.request;

import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.plan.Plan;
import io.waypass.request.RequestContent;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The list of a removal of orphans.
 *
 * @param cluster name
 * @param objects in order
 * @param orphans how many are orphans now
 * @param deleted how many were deleted
 * @param open how many are orphans now, and nothing became of them yet
 */
record OrphanSection(String cluster, List<ObjectRow> objects, long orphans, long deleted, long open)
        implements SubjectSection {

    /** The state of an object: what became of it, else {@code orphan}, or {@code claimed} if it is none any more. */
    record ObjectRow(
            String kind,
            String namespace,
            String name,
            String uid,
            String state,
            @Nullable String message) {
        static ObjectRow of(OrphanRemovalObject object) {
            return new ObjectRow(
                    object.place().kind(),
                    object.place().namespace(),
                    object.place().name(),
                    object.uid(),
                    object.outcome().map(RemovalOutcome::value).orElse(object.orphan() ? "orphan" : "claimed"),
                    object.message().orElse(null));
        }
    }

    static OrphanSection of(String cluster, RequestContent.OfOrphans removal) {
        List<OrphanRemovalObject> objects = removal.objects();
        return new OrphanSection(
                cluster,
                objects.stream().map(ObjectRow::of).toList(),
                objects.stream().filter(OrphanRemovalObject::orphan).count(),
                objects.stream()
                        .filter(object -> object.outcome().equals(Optional.of(RemovalOutcome.DELETED)))
                        .count(),
                objects.stream()
                        .filter(object -> object.orphan() && object.outcome().isEmpty())
                        .count());
    }

    @Override
    public String template() {
        return "request/orphans";
    }

    @Override
    public String again() {
        return "/orphans?cluster=" + cluster;
    }

    /** A removal goes on object by object; what is gone is not deleted once more. */
    @Override
    public long deletes(Plan plan) {
        return open;
    }

    @Override
    public boolean unfoldsDeletes() {
        return false;
    }

    @Override
    public String decision() {
        return "decision.removal";
    }

    @Override
    public String seen() {
        return "-" + Integer.toHexString(hashCode());
    }
}
