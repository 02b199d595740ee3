package io.waypass.applier.plan;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.OrphanReader;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import io.waypass.manifests.PlanDigest;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanObject;
import io.waypass.reconcile.PlanJob;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans a removal of orphans: every object of the list, by its UID, with its present content. An object that is no longer an orphan is
 * reported, and left alone when the plan is applied. The digest covers the list and not the content, so the plan never goes stale.
 */
final class OrphanRemovalPlanner {

    private final OrphanReader orphans;
    private final Clock clock;

    OrphanRemovalPlanner(OrphanReader orphans, Clock clock) {
        this.orphans = orphans;
        this.clock = clock;
    }

    NewPlan plan(PlanJob.OfOrphans job) {
        Instant begin = clock.instant();
        List<Manifest> manifests = new ArrayList<>();
        List<PlanObject> objects = new ArrayList<>();
        List<String> kept = new ArrayList<>();
        for (OrphanRemovalObject listed : job.objects()) {
            Manifest manifest = OrphanReader.manifest(listed);
            manifests.add(manifest);
            String diff = "";
            try {
                Optional<LiveObject> orphan = orphans.orphan(listed);
                diff = orphan.map(LiveObject::withoutForeignMetadata)
                        .map(ObjectDiff::removal)
                        .orElse("");
                if (orphan.isEmpty()) {
                    kept.add(ObjectKey.of(manifest).toString());
                }
            } catch (ApiServerRefused refusal) {
                kept.add(ObjectKey.of(manifest) + " (the applier may not read it: “" + refusal.words() + "”)");
            }
            objects.add(new PlanObject(
                    manifest.apiVersion(),
                    manifest.kind(),
                    manifest.namespace(),
                    manifest.name(),
                    PlanObject.Action.DELETE,
                    diff,
                    manifest.json(),
                    false));
        }
        return new NewPlan(
                PlanDigest.of(List.of(), manifests),
                checks(job.objects().size(), kept),
                objects,
                Map.of(),
                Duration.between(begin, clock.instant()));
    }

    private static List<PlanCheck> checks(int all, List<String> kept) {
        int left = all - kept.size();
        return List.of(
                left > 0
                        ? CheckCode.ORPHANS_LEFT.passed(
                                left + " of " + all + " objects are there and belong to nothing.")
                        : CheckCode.ORPHANS_LEFT.failed(
                                "No object of the list is there and belongs to nothing.",
                                "Read the report of orphans again; if it still lists objects, ask for those."),
                kept.isEmpty()
                        ? CheckCode.ORPHANS_UNCLAIMED.passed("Every object of the list belongs to nothing.")
                        : CheckCode.ORPHANS_UNCLAIMED.warning(
                                "Gone, or no orphan any more: " + String.join(", ", kept) + ".",
                                "Nothing has to be done: what is no orphan in the moment of removal is left alone."));
    }
}
