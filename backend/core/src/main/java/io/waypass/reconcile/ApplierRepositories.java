package io.waypass.reconcile;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.waypass.access.PublicIds;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.JdbcOrphanStore;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.cluster.OrphanStore;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.identity.IdentityRevisions;
import io.waypass.plan.Plans;
import io.waypass.request.Attempts;
import io.waypass.request.RequestTransitions;
import io.waypass.resource.Observations;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.Resources;
import io.waypass.resource.WatchReports;
import io.waypass.sealing.SealingKeysets;
import io.waypass.task.TaskQueue;
import io.waypass.team.Teams;
import java.security.SecureRandom;
import java.time.Clock;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/**
 * The repositories of one cluster's applier.
 *
 * @param sealingKeysets published keysets
 * @param orphans the report of orphans
 * @param orphanRemovals approved removals of orphans
 */
public record ApplierRepositories(
        AuditTrail audit,
        Certificates certificates,
        Clusters clusters,
        SealingKeysets sealingKeysets,
        PlanningStore planning,
        ReconcileStore reconcile,
        MeshConditionStore meshConditions,
        OrphanStore orphans,
        OrphanRemovalStore orphanRemovals) {

    /**
     * @param database with the applier's role
     * @param clock of the database
     * @param cluster name of the applier's own cluster; resources of other clusters are not found
     */
    public static ApplierRepositories of(
            DataSource database, PlatformTransactionManager manager, JsonMapper json, Clock clock, String cluster) {
        JdbcClient jdbc = JdbcClient.create(database);
        TransactionTemplate transactions = new TransactionTemplate(manager);
        PublicIds ids = new PublicIds(new SecureRandom());
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        Certificates certificates = new Certificates(jdbc, json, ids, clock);
        Resources resources = new Resources(jdbc, ids, clock);
        Clusters clusters = new Clusters(jdbc, transactions, resources, audit, clock);
        SealingKeysets sealingKeysets = new SealingKeysets(jdbc, transactions, audit, clock);
        Destinations destinations = new Destinations(
                jdbc,
                transactions,
                resources,
                new Gateways(jdbc, transactions, resources, clusters, audit, clock),
                audit,
                clock);
        IdentityRevisions identities = new IdentityRevisions(jdbc, resources, clusters, destinations, certificates);
        TaskQueue tasks = new TaskQueue(
                SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                        .build(),
                jdbc,
                clock);
        Attempts attempts = new Attempts(jdbc, clock);
        RequestTransitions requests = new RequestTransitions(jdbc, resources, attempts, tasks, audit, clock);
        OrphanRemovals removals = new OrphanRemovals(jdbc, resources);
        Plans plans = new Plans(jdbc, json, ids, clock);
        Observations observations = new Observations(jdbc, clock);
        RevisionLoader revisions = new RevisionLoader(
                identities,
                removals,
                new Teams(jdbc, transactions, clusters, audit, clock),
                plans,
                attempts,
                observations,
                cluster);
        PlanningStore planning =
                new JdbcPlanningStore(jdbc, transactions, requests, attempts, plans, revisions, cluster);
        ReconcileStore reconcile = new JdbcReconcileStore(
                jdbc,
                transactions,
                requests,
                attempts,
                plans,
                revisions,
                destinations,
                observations,
                new ResourceEvents(jdbc, clock),
                new WatchReports(jdbc),
                cluster);
        return new ApplierRepositories(
                audit,
                certificates,
                clusters,
                sealingKeysets,
                planning,
                reconcile,
                new JdbcMeshConditionStore(transactions, identities, observations, cluster),
                new JdbcOrphanStore(jdbc, clock, cluster),
                new JdbcOrphanRemovalStore(jdbc, transactions, requests, attempts, plans, removals, cluster));
    }
}
