package io.waypass.applier.plan;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.OrphanReader;
import io.waypass.certificate.CertificateIntake;
import io.waypass.cluster.OrphanStore;
import io.waypass.plan.NewPlan;
import io.waypass.reconcile.PlanJob;
import io.waypass.sealing.SealingKeyset;
import java.time.Clock;

/** Plans requests, each kind of resource by its own planner. Nothing is written to the cluster. */
public final class Planner {

    private final IdentityPlanner identities;
    private final OrphanRemovalPlanner orphans;

    public Planner(
            ClusterObjects cluster,
            Inventory inventory,
            OrphanStore orphans,
            SealingKeyset keyset,
            CertificateIntake intake,
            Clock clock) {
        this.identities = new IdentityPlanner(cluster, inventory, keyset, intake, clock);
        this.orphans = new OrphanRemovalPlanner(new OrphanReader(cluster, orphans), clock);
    }

    /**
     * Plans a request.
     *
     * @throws io.waypass.applier.cluster.ApiServerAway if the API server did not answer
     */
    public NewPlan plan(PlanJob job) {
        return switch (job) {
            case PlanJob.OfIdentity identity -> identities.plan(identity);
            case PlanJob.OfOrphans removal -> orphans.plan(removal);
        };
    }
}
