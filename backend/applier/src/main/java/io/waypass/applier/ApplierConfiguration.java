package io.waypass.applier;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.waypass.access.PublicIds;
import io.waypass.applier.apply.Cleaning;
import io.waypass.applier.apply.Reconciling;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.MetadataOnly;
import io.waypass.applier.cluster.Pace;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.plan.Planning;
import io.waypass.applier.work.ApplierTasks;
import io.waypass.applier.work.DatabaseClock;
import io.waypass.applier.work.Keeping;
import io.waypass.applier.work.KeysetPublication;
import io.waypass.applier.work.Replanning;
import io.waypass.applier.work.Resealing;
import io.waypass.applier.work.TaskLoop;
import io.waypass.applier.work.Wakening;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Certificates;
import io.waypass.destination.Catalogue;
import io.waypass.directory.Directory;
import io.waypass.identity.Observations;
import io.waypass.orphan.OrphanWork;
import io.waypass.request.ReconcileWork;
import io.waypass.request.RequestWork;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.work.WorkQueue;
import java.security.SecureRandom;
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
import org.springframework.transaction.support.TransactionTemplate;
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
        return new ClusterObjects(client, pace, settings.callTimeout());
    }

    @Bean
    SealingKeyset sealingKeyset(ApplierSettings settings) {
        return new SealingKeysetFile(settings.sealingKeysetFile()).read();
    }

    @Bean
    RequestWork requestWork(
            JdbcClient jdbc,
            PlatformTransactionManager transactionManager,
            DataSource database,
            JsonMapper json,
            Clock clock,
            Directory directory,
            ApplierSettings settings) {
        TransactionTemplate transactions = new TransactionTemplate(transactionManager);
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        return new RequestWork(
                jdbc,
                transactions,
                json,
                directory,
                new Catalogue(jdbc, transactions, directory, audit, clock),
                certificates(jdbc, json, clock),
                workQueue(database, clock),
                new PublicIds(new SecureRandom()),
                audit,
                clock,
                settings.cluster());
    }

    @Bean
    ReconcileWork reconcileWork(
            JdbcClient jdbc,
            PlatformTransactionManager transactionManager,
            DataSource database,
            JsonMapper json,
            Clock clock,
            Directory directory,
            ApplierSettings settings) {
        TransactionTemplate transactions = new TransactionTemplate(transactionManager);
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        return new ReconcileWork(
                jdbc,
                transactions,
                json,
                directory,
                new Catalogue(jdbc, transactions, directory, audit, clock),
                certificates(jdbc, json, clock),
                new Observations(jdbc, clock),
                workQueue(database, clock),
                audit,
                clock,
                settings.cluster());
    }

    private static Certificates certificates(JdbcClient jdbc, JsonMapper json, Clock clock) {
        return new Certificates(jdbc, json, new PublicIds(new SecureRandom()), clock);
    }

    private static WorkQueue workQueue(DataSource database, Clock clock) {
        return new WorkQueue(
                SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                        .build(),
                clock);
    }

    @Bean
    Directory directory(JdbcClient jdbc, PlatformTransactionManager transactionManager, JsonMapper json, Clock clock) {
        return new Directory(
                jdbc, new TransactionTemplate(transactionManager), new AuditTrail(jdbc, json, clock), clock);
    }

    @Bean
    Inventory inventory(ClusterObjects cluster, ApplierSettings settings) {
        return new Inventory(cluster, settings.istioNamespace());
    }

    @Bean
    Replanning replanning(Inventory inventory, RequestWork work) {
        return new Replanning(inventory, work, Duration.ofMillis(100));
    }

    @Bean
    Reconciling reconciling(
            ClusterObjects cluster,
            Inventory inventory,
            ReconcileWork work,
            SealingKeyset keyset,
            KeysetPublication publication,
            ApplierSettings settings,
            Clock clock) {
        return new Reconciling(
                cluster,
                inventory,
                work,
                keyset,
                publication::behind,
                new CertificateIntake(clock),
                clock,
                settings.cluster());
    }

    @Bean
    OrphanWork orphanWork(
            JdbcClient jdbc,
            PlatformTransactionManager transactionManager,
            JsonMapper json,
            Clock clock,
            ApplierSettings settings) {
        return new OrphanWork(
                jdbc,
                new TransactionTemplate(transactionManager),
                new AuditTrail(jdbc, json, clock),
                clock,
                settings.cluster());
    }

    @Bean
    Keeping keeping(ClusterObjects cluster, Inventory inventory, ReconcileWork work, OrphanWork orphans) {
        return new Keeping(cluster, inventory, work, orphans, Duration.ofMillis(100));
    }

    @Bean
    Scheduler scheduler(
            DataSource database,
            ApplierSettings settings,
            RequestWork work,
            ClusterObjects cluster,
            Inventory inventory,
            SealingKeyset keyset,
            Reconciling reconciling,
            OrphanWork orphans,
            KeysetPublication publication,
            Replanning replanning,
            DatabaseClock databaseClock,
            Clock clock) {
        ApplierTasks tasks = new ApplierTasks(
                settings.cluster(),
                work,
                new Planning(cluster, inventory, keyset, new CertificateIntake(clock), clock),
                reconciling,
                new Cleaning(cluster, orphans),
                publication,
                replanning,
                databaseClock);
        return Scheduler.create(database, tasks.all())
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
    Wakening wakening(
            DataSourceProperties database,
            ApplierSettings settings,
            Scheduler scheduler,
            Replanning replanning,
            Keeping keeping) {
        PGSimpleDataSource unpooled = new PGSimpleDataSource();
        unpooled.setUrl(database.determineUrl());
        unpooled.setUser(database.determineUsername());
        unpooled.setPassword(database.determinePassword());
        return new Wakening(
                unpooled,
                settings.cluster(),
                scheduler::triggerCheckForDueExecutions,
                () -> {
                    replanning.everything();
                    keeping.catalogueChanged();
                },
                keeping::databaseIsBack);
    }

    @Bean
    Resealing resealing(JdbcClient jdbc, JsonMapper json, Clock clock, SealingKeyset keyset, ApplierSettings settings) {
        return new Resealing(
                new Certificates(jdbc, json, new PublicIds(new SecureRandom()), clock),
                new AuditTrail(jdbc, json, clock),
                keyset,
                settings.cluster());
    }

    @Bean
    KeysetPublication keysetPublication(
            Directory directory, SealingKeyset keyset, Resealing resealing, ApplierSettings settings) {
        return new KeysetPublication(
                directory,
                keyset,
                settings.cluster(),
                settings.sealingKeysetReplace(),
                resealing,
                new KeysetPublication.Rhythm(settings.keysetLookEvery(), settings.resealEvery()));
    }

    @Bean
    SealingKeysetHealth sealingKeysetHealthIndicator(KeysetPublication publication) {
        return new SealingKeysetHealth(publication);
    }

    @Bean
    ClusterHealth clusterHealthIndicator(ClusterObjects cluster, Keeping keeping) {
        return new ClusterHealth(cluster, keeping);
    }

    @Bean
    WorkHealth workHealthIndicator(Scheduler scheduler, ApplierSettings settings) {
        return new WorkHealth(scheduler, settings.threads());
    }
}
