package io.waypass.applier;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.KubernetesClusterObjects;
import io.waypass.applier.cluster.MetadataOnly;
import io.waypass.applier.cluster.Pace;
import io.waypass.applier.guardrail.CatalogueKeeper;
import io.waypass.applier.guardrail.CataloguePublisher;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.mesh.MeshConditionRecorder;
import io.waypass.applier.plan.DryRunRetry;
import io.waypass.applier.plan.Planner;
import io.waypass.applier.plan.StalePlanDetector;
import io.waypass.applier.reconcile.DesiredStateReconciler;
import io.waypass.applier.reconcile.DriftWatcher;
import io.waypass.applier.reconcile.OrphanRemover;
import io.waypass.applier.reconcile.ResourceReconciler;
import io.waypass.applier.sealing.KeysetPublication;
import io.waypass.applier.sealing.Resealer;
import io.waypass.applier.sealing.SealingKeysetHealth;
import io.waypass.applier.task.ApplierTasks;
import io.waypass.applier.task.DatabaseClock;
import io.waypass.applier.task.TaskLoop;
import io.waypass.applier.task.TaskNotificationListener;
import io.waypass.certificate.CertificateIntake;
import io.waypass.cluster.OrphanStore;
import io.waypass.reconcile.ApplierRepositories;
import io.waypass.reconcile.PlanningStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.json.JsonMapper;

/** Puts the applier together. */
@Configuration(proxyBeanMethods = false)
class ApplierConfiguration {

    @Bean
    InstantSource machineClock() {
        return InstantSource.system();
    }

    @Bean
    DatabaseClock databaseClock(JdbcClient jdbc, InstantSource machineClock) {
        return new DatabaseClock(jdbc, machineClock, Duration.ofSeconds(5));
    }

    @Bean
    Clock clock(DatabaseClock databaseClock) {
        InstantSource theirs = databaseClock::now;
        return theirs.withZone(ZoneOffset.UTC);
    }

    @Bean
    KubernetesClient kubernetesClient(ApplierSettings settings) {
        Config own = settings.kubeconfig() == null
                ? Config.autoConfigure(null)
                : Config.fromKubeconfig(settings.kubeconfig().toFile());
        int millis = (int) settings.callTimeout().toMillis();
        return new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder(own)
                        .withRequestTimeout(millis)
                        .withConnectionTimeout(Math.min(millis, 2_000))
                        // retries are the tasks' business, where people can see them
                        .withRequestRetryBackoffLimit(0)
                        // doubled five times (fabric8 7.5): a watch is up again at most 3.2 s after the API server is
                        .withWatchReconnectInterval(100)
                        .build())
                .withKubernetesSerialization(MetadataOnly.serialization())
                .withHttpClientBuilderConsumer(
                        http -> http.addOrReplaceInterceptor("metadata-only", new MetadataOnly()))
                .build();
    }

    @Bean
    Pace pace(ApplierSettings settings) {
        return new Pace(settings.callsPerSecond(), settings.callTimeout());
    }

    @Bean
    ClusterObjects clusterObjects(KubernetesClient client, Pace pace, ApplierSettings settings) {
        return new KubernetesClusterObjects(client, pace, settings.callTimeout());
    }

    @Bean
    SealingKeyset sealingKeyset(ApplierSettings settings) {
        return new SealingKeysetFile(settings.sealingKeysetFile()).read();
    }

    @Bean
    ApplierRepositories repositories(
            DataSource database,
            PlatformTransactionManager transactionManager,
            JsonMapper json,
            Clock clock,
            ApplierSettings settings) {
        return ApplierRepositories.of(database, transactionManager, json, clock, settings.cluster());
    }

    @Bean
    PlanningStore planningStore(ApplierRepositories repositories) {
        return repositories.planning();
    }

    @Bean
    ReconcileStore reconcileStore(ApplierRepositories repositories) {
        return repositories.reconcile();
    }

    @Bean
    OrphanStore orphanStore(ApplierRepositories repositories) {
        return repositories.orphans();
    }

    @Bean
    Inventory inventory(ClusterObjects cluster, ApplierSettings settings, Clock clock) {
        return new Inventory(cluster, settings.istioNamespace(), clock);
    }

    @Bean
    MeshConditionRecorder meshConditions(Inventory inventory, ApplierRepositories repositories) {
        return new MeshConditionRecorder(inventory, repositories.meshConditions(), Duration.ofMillis(100));
    }

    @Bean
    StalePlanDetector stalePlans(Inventory inventory, PlanningStore work) {
        return new StalePlanDetector(inventory, work, Duration.ofMillis(100));
    }

    @Bean
    CataloguePublisher cataloguePublisher(ClusterObjects cluster, ReconcileStore store, ApplierSettings settings) {
        return new CataloguePublisher(
                cluster, store::catalogue, settings.guardRails().configMap());
    }

    @Bean
    CatalogueKeeper catalogueKeeper(CataloguePublisher catalogue, ApplierSettings settings) {
        return new CatalogueKeeper(catalogue, settings.guardRails().checkEvery());
    }

    @Bean
    ResourceReconciler reconciler(
            ClusterObjects cluster,
            Inventory inventory,
            CataloguePublisher catalogue,
            ApplierRepositories repositories,
            SealingKeyset keyset,
            KeysetPublication publication,
            MeshConditionRecorder meshConditions,
            ApplierSettings settings,
            Clock clock) {
        return new ResourceReconciler(
                repositories.reconcile(),
                new DesiredStateReconciler(
                        cluster,
                        inventory,
                        repositories.reconcile(),
                        keyset,
                        publication::behind,
                        new CertificateIntake(clock),
                        catalogue,
                        clock,
                        settings.rotationGrace(),
                        settings.cluster()),
                new OrphanRemover(cluster, repositories.orphans(), repositories.orphanRemovals(), settings.cluster()),
                meshConditions::reconciled);
    }

    @Bean
    DriftWatcher driftWatcher(ClusterObjects cluster, Inventory inventory, ReconcileStore work, OrphanStore orphans) {
        return new DriftWatcher(cluster, inventory, work, orphans, Duration.ofMillis(100));
    }

    @Bean
    Scheduler scheduler(
            DataSource database,
            ApplierSettings settings,
            ReconcileStore reconcile,
            PlanningStore work,
            ClusterObjects cluster,
            Inventory inventory,
            SealingKeyset keyset,
            ResourceReconciler reconciler,
            OrphanStore orphans,
            KeysetPublication publication,
            StalePlanDetector stalePlans,
            DatabaseClock databaseClock,
            Clock clock) {
        ApplierTasks tasks = new ApplierTasks(
                settings.cluster(),
                work,
                reconcile,
                new Planner(cluster, inventory, orphans, keyset, new CertificateIntake(clock), clock),
                reconciler,
                publication,
                stalePlans,
                new DryRunRetry(cluster, work),
                databaseClock);
        // joins the transaction in which a task is put back
        return Scheduler.create(new TransactionAwareDataSourceProxy(database), tasks.all())
                .clock(databaseClock)
                .threads(settings.threads())
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .pollUsingLockAndFetch(0.5, 1.0)
                // new work is woken by a notification; this is for what is tried again
                .pollingInterval(Duration.ofSeconds(1))
                .heartbeatInterval(settings.heartbeatEvery())
                .missedHeartbeatsLimit(4)
                .shutdownMaxWait(Duration.ofSeconds(8))
                .alwaysPersistTimestampInUTC()
                .failureLogging(com.github.kagkarlsson.scheduler.logging.LogLevel.DEBUG, false)
                .build();
    }

    @Bean
    TaskLoop taskLoop(Scheduler scheduler, Pace pace) {
        return new TaskLoop(scheduler, pace);
    }

    @Bean
    TaskNotificationListener taskNotifications(
            DataSourceProperties database,
            ApplierSettings settings,
            Scheduler scheduler,
            StalePlanDetector stalePlans,
            DriftWatcher driftWatcher,
            CatalogueKeeper catalogue) {
        PGSimpleDataSource unpooled = new PGSimpleDataSource();
        unpooled.setUrl(database.determineUrl());
        unpooled.setUser(database.determineUsername());
        unpooled.setPassword(database.determinePassword());
        return new TaskNotificationListener(
                unpooled,
                settings.cluster(),
                scheduler::triggerCheckForDueExecutions,
                () -> {
                    stalePlans.everything();
                    driftWatcher.catalogueChanged();
                    catalogue.catalogueChanged();
                },
                driftWatcher::databaseIsBack);
    }

    @Bean
    Resealer resealer(ApplierRepositories repositories, SealingKeyset keyset, ApplierSettings settings) {
        return new Resealer(repositories.certificates(), repositories.audit(), keyset, settings.cluster());
    }

    @Bean
    KeysetPublication keysetPublication(
            ApplierRepositories repositories, SealingKeyset keyset, Resealer resealer, ApplierSettings settings) {
        return new KeysetPublication(
                repositories.clusters(),
                repositories.sealingKeysets(),
                keyset,
                settings.cluster(),
                settings.sealingKeysetReplace(),
                resealer,
                new KeysetPublication.Rhythm(settings.keysetCheckEvery(), settings.resealEvery()));
    }

    @Bean
    SealingKeysetHealth sealingKeysetHealthIndicator(KeysetPublication publication) {
        return new SealingKeysetHealth(publication);
    }

    @Bean
    ClusterHealth clusterHealthIndicator(ClusterObjects cluster, DriftWatcher driftWatcher) {
        return new ClusterHealth(cluster, driftWatcher);
    }

    @Bean
    WorkHealth workHealthIndicator(Scheduler scheduler, ApplierSettings settings) {
        return new WorkHealth(scheduler, settings.threads());
    }
}
