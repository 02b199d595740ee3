package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.ObjectChanged;
import io.waypass.applier.guardrail.CataloguePublisher;
import io.waypass.applier.inventory.Inventory;
import io.waypass.certificate.CertificateIntake;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.ReconcileStore.Job;
import io.waypass.resource.ResourceChange;
import io.waypass.sealing.SealingKeyset;
import io.waypass.task.Fence;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reconciles a resource: makes the cluster hold exactly what was approved for it. It reads the live state and writes what differs, so it
 * is safe to run at any time, any number of times, by any replica; the next run completes one that crashed.
 *
 * <p>It writes the approved plan's own manifests, after it has checked that they hash to the approved digest. Objects are applied in the
 * stored order, the certificate first and the policy that opens the door last, and removed in reverse, each seen to be gone before the
 * next. So no intermediate state sends plaintext or another app's certificate. Before each write the applier confirms its fence, and each
 * write carries the version of the object that was read.
 *
 * <p>A field of another manager is not taken over. A field that was applied under an approved plan and changed since is reverted: the
 * approval covers it. If it is changed again and again, Waypass backs off instead of fighting.
 */
public final class DesiredStateReconciler {

    private static final Logger LOG = LoggerFactory.getLogger(DesiredStateReconciler.class);
    private static final OptimisticLockRetries RETRIES = OptimisticLockRetries.STANDARD;

    private final ReconcileStore store;
    private final ChangeApplier changes;
    private final DriftRepairer drift;
    private final LeftoverRemover leftovers;
    private final String clusterName;

    /** @param rotationGrace how long a Secret stays after a rotation has replaced it */
    public DesiredStateReconciler(
            ClusterObjects cluster,
            Inventory inventory,
            ReconcileStore store,
            SealingKeyset keyset,
            KeysetCheck keysetCheck,
            CertificateIntake intake,
            CataloguePublisher catalogue,
            Clock clock,
            Duration rotationGrace,
            String clusterName) {
        LiveStateReader live = new LiveStateReader(cluster);
        SecretFiller secrets = new SecretFiller(keyset, keysetCheck, intake);
        ObjectWriter writer = new ObjectWriter(cluster, store, secrets);
        ObjectRemover remover = new ObjectRemover(
                cluster,
                live,
                writer,
                new RemovalDecider(ContestBackoff.STANDARD, new RotationGrace(rotationGrace)),
                clock);
        ConditionEvaluator conditions = new ConditionEvaluator(clock);
        ObservationReader observations = new ObservationReader(live, conditions, clock);
        Door door = new Door(live, writer);
        this.store = store;
        this.clusterName = clusterName;
        leftovers = new LeftoverRemover(live, remover, store, conditions);
        changes = new ChangeApplier(
                live,
                store,
                catalogue,
                new ApprovalBasis(cluster, inventory),
                secrets,
                writer,
                leftovers,
                door,
                observations);
        drift = new DriftRepairer(
                live,
                store,
                new DriftDecider(ContestBackoff.STANDARD),
                new NamespaceGuard(cluster),
                writer,
                door,
                leftovers,
                observations,
                clock);
    }

    /**
     * Reconciles a resource.
     *
     * @param resource public id
     * @param fence proof that this applier holds the resource's task
     * @return the delay until the next run if nothing enqueues the resource before
     * @throws ApiServerAway if the API server did not answer; what was done stays done, and a later run completes it
     * @throws ApplyFailed if the cluster refused; already recorded
     * @throws KeysetBehind if this applier does not have the key; another one may
     * @throws Fence.Overtaken if another applier works on the resource now
     */
    public Duration reconcile(String resource, Fence fence) {
        List<ResourceChange> found = new ArrayList<>();
        for (int round = 1; ; round++) {
            Optional<Job> job = store.takeUp(resource, fence);
            if (job.isEmpty()) {
                return Reconciliation.NEVER;
            }
            try {
                return carryOut(new Reconciliation(job.get(), fence, found, !RETRIES.isLast(round)));
            } catch (ObjectChanged changed) {
                LOG.debug("{}: {}", resource, changed.getMessage());
                if (RETRIES.isLast(round)) {
                    throw recordWait(job.get(), fence, new ApiServerAway(changed.getMessage()), found);
                }
            } catch (ApiServerAway away) {
                throw recordWait(job.get(), fence, away, found);
            } catch (KeysetBehind behind) {
                store.recordWait(job.get(), fence, String.valueOf(behind.getMessage()), found);
                throw behind;
            }
        }
    }

    private Duration carryOut(Reconciliation round) {
        return switch (round.job().goal()) {
            case CHANGE -> changes.apply(round);
            case KEEP -> drift.repair(round);
            case CLEAR -> leftovers.clear(round);
        };
    }

    private ApiServerAway recordWait(Job job, Fence fence, ApiServerAway away, List<ResourceChange> found) {
        store.recordWait(job, fence, away.waitingReason(clusterName), found);
        return away;
    }
}
