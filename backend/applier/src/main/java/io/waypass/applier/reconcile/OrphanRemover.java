package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectChanged;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.CleaningOutcome;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.cluster.OrphanStore.Cleaned;
import io.waypass.cluster.OrphanStore.CleaningJob;
import io.waypass.cluster.OrphanStore.Target;
import io.waypass.resource.ObjectPlace;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes orphans, once two admins have agreed on the list: each object by its UID, and only if it is an orphan still in the moment in
 * which it would go.
 */
public final class OrphanRemover {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanRemover.class);

    private final ClusterObjects cluster;
    private final OrphanStore store;

    /**
     * Knows where orphans are and who asks for their removal.
     *
     * @param cluster the API server
     * @param store where lists come from and outcomes go
     */
    public OrphanRemover(ClusterObjects cluster, OrphanStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    /**
     * Removes what is on an approved list.
     *
     * @param cleaning {@code cln_…}
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server gave no answer; what went is written down
     * @throws ApplyFailed if the cluster refused; already recorded
     */
    public void clean(String cleaning) {
        Optional<CleaningJob> found = store.cleaningJob(cleaning);
        if (found.isEmpty()) {
            return;
        }
        CleaningJob job = found.get();
        List<Cleaned> done = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        try {
            for (Target target : job.objects()) {
                try {
                    done.add(clean(target));
                } catch (ApiServerRefused | ObjectChanged refusal) {
                    // one that stays keeps none of the others from going
                    refused.add(String.valueOf(refusal.getMessage()));
                }
            }
        } finally {
            if (!done.isEmpty()) {
                store.cleaned(job, done);
                LOG.info(
                        "{}: {} of {} objects are removed, gone or kept",
                        cleaning,
                        done.size(),
                        job.objects().size());
            }
        }
        if (!refused.isEmpty()) {
            store.failed(job, String.join(" ", refused));
            throw new ApplyFailed(String.join(" ", refused));
        }
    }

    private Cleaned clean(Target target) {
        ObjectPlace place = target.place();
        ObjectKey key = new ObjectKey(target.apiVersion(), place.kind(), place.namespace(), place.name());
        Optional<LiveObject> live =
                cluster.get(key).filter(object -> object.uid().equals(target.uid()));
        if (live.isEmpty()) {
            return new Cleaned(target, CleaningOutcome.GONE, Optional.of("It was not there any more."));
        }
        LiveObject object = live.get();
        if (!object.labelled()) {
            return new Cleaned(
                    target, CleaningOutcome.KEPT, Optional.of("It does not carry Waypass's label any more."));
        }
        if (!store.isOrphan(new LabelledObject(
                target.apiVersion(),
                place,
                object.uid(),
                object.resourceVersion(),
                object.identity(),
                object.sharedBy(),
                object.managers()))) {
            return new Cleaned(target, CleaningOutcome.KEPT, Optional.of("It belongs to an identity again."));
        }
        cluster.remove(object, true);
        return new Cleaned(
                target,
                CleaningOutcome.DELETED,
                cluster.get(key)
                        .filter(left -> left.uid().equals(target.uid()))
                        .flatMap(LiveObject::heldBy)
                        .map(holders -> "It goes as soon as " + String.join(", ", holders) + " lets go of it."));
    }
}
