package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectChanged;
import io.waypass.applier.inventory.OrphanReader;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.cluster.OrphanStore;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.manifests.PlanDigest;
import io.waypass.reconcile.OrphanRemovalStore;
import io.waypass.reconcile.OrphanRemovalStore.Job;
import io.waypass.task.Fence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes orphans from an approved list: each object by its UID, and only if it is still an orphan at the moment of removal. */
public final class OrphanRemover {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanRemover.class);

    private final ClusterObjects cluster;
    private final OrphanReader orphans;
    private final OrphanRemovalStore store;
    private final String clusterName;

    public OrphanRemover(ClusterObjects cluster, OrphanStore orphans, OrphanRemovalStore store, String clusterName) {
        this.cluster = cluster;
        this.orphans = new OrphanReader(cluster, orphans);
        this.store = store;
        this.clusterName = clusterName;
    }

    /**
     * Carries out the approved removals of a cluster.
     *
     * @param resource public id of the cluster's resource
     * @param fence proof that this applier holds the cluster's task
     * @return the delay until the next run if nothing enqueues the cluster before
     * @throws ApiServerAway if the API server did not answer; completed removals are recorded
     * @throws ApplyFailed if the cluster refused; already recorded
     * @throws Fence.Overtaken if another applier works on the cluster's removals now
     */
    public Duration reconcile(String resource, Fence fence) {
        List<String> refused = new ArrayList<>();
        for (Job job : store.takeUp(resource, fence)) {
            refused.addAll(carryOut(job, fence));
        }
        if (!refused.isEmpty()) {
            throw new ApplyFailed(String.join(" ", refused));
        }
        return Reconciliation.NEVER;
    }

    /** Carries out the removals of one request; returns what the cluster refused. */
    private List<String> carryOut(Job job, Fence fence) {
        if (!digest(job.objects()).equals(job.digest())) {
            String message = "The stored list is not the one that was approved. Nothing was removed.";
            LOG.error("{}: {}", job.request(), message);
            store.recordFailure(job, fence, message);
            return List.of(message);
        }
        List<Removed> done = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        Optional<ApiServerAway> unavailable = Optional.empty();
        for (OrphanRemovalObject listed : job.objects()) {
            if (listed.outcome().isPresent()) {
                continue;
            }
            try {
                store.confirm(fence);
                done.add(remove(listed));
            } catch (ApiServerRefused refusal) {
                // a refusal does not keep the other objects from being removed
                refused.add(refusal.sentence());
            } catch (ObjectChanged changed) {
                refused.add(String.valueOf(changed.getMessage()));
            } catch (ApiServerAway away) {
                unavailable = Optional.of(away);
                break;
            } catch (Fence.Overtaken overtaken) {
                throw overtaken;
            } catch (RuntimeException unexpected) {
                recordBefore(job, fence, done);
                throw unexpected;
            }
        }
        if (!done.isEmpty() || refused.isEmpty() && unavailable.isEmpty()) {
            store.recordRemoved(job, fence, done);
            LOG.info(
                    "{}: {} of {} objects are removed, gone or kept",
                    job.request(),
                    done.size(),
                    job.objects().size());
        }
        unavailable.ifPresent(away -> {
            store.recordWait(job, fence, away.waitingReason(clusterName));
            throw away;
        });
        if (!refused.isEmpty()) {
            store.recordFailure(job, fence, String.join(" ", refused));
        }
        return refused;
    }

    /** Records completed deletions before a failure is thrown; the next run would otherwise report them as gone. */
    private void recordBefore(Job job, Fence fence, List<Removed> done) {
        if (!done.isEmpty()) {
            store.recordRemoved(job, fence, done);
        }
    }

    private static String digest(List<OrphanRemovalObject> objects) {
        return PlanDigest.of(
                List.of(), objects.stream().map(OrphanReader::manifest).toList());
    }

    private Removed remove(OrphanRemovalObject listed) {
        Optional<LiveObject> live = orphans.live(listed);
        if (live.isEmpty()) {
            return new Removed(listed.position(), RemovalOutcome.GONE, Optional.of("It was not there any more."));
        }
        LiveObject object = live.get();
        if (!object.labelled()) {
            return new Removed(
                    listed.position(), RemovalOutcome.KEPT, Optional.of("It does not carry Waypass's label any more."));
        }
        if (!orphans.isOrphan(listed, object)) {
            return new Removed(listed.position(), RemovalOutcome.KEPT, Optional.of("It belongs to an identity again."));
        }
        cluster.remove(object, true);
        return new Removed(
                listed.position(),
                RemovalOutcome.DELETED,
                orphans.live(listed)
                        .flatMap(LiveObject::heldBy)
                        .map(holders -> "It goes as soon as " + String.join(", ", holders) + " lets go of it."));
    }
}
