package io.waypass.applier;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.waypass.access.PublicIds;
import io.waypass.applier.apply.Applying;
import io.waypass.applier.apply.Observing;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.plan.Planning;
import io.waypass.applier.work.ApplierTasks;
import io.waypass.applier.work.IdentityLock;
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
import io.waypass.request.RequestWork;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.work.WorkQueue;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
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
    Clock clock() {
        return Clock.systemUTC();
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
                        .build())
                .build();
    }

    @Bean
    ClusterObjects clusterObjects(KubernetesClient client) {
        return new ClusterObjects(client);
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
        PublicIds ids = new PublicIds(new SecureRandom());
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        SchedulerClient scheduler = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                .build();
        return new RequestWork(
                jdbc,
                transactions,
                json,
                directory,
                new Catalogue(jdbc, transactions, directory, audit, clock),
                new Certificates(jdbc, json, ids, clock),
                new Observations(jdbc, clock),
                new WorkQueue(scheduler, clock),
                ids,
                audit,
                clock,
                settings.cluster());
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
    Applying applying(
            ClusterObjects cluster, Inventory inventory, RequestWork work, SealingKeyset keyset, Clock clock) {
        return new Applying(
                cluster, inventory, work, keyset, new CertificateIntake(clock), new Observing(cluster, clock));
    }

    @Bean
    Scheduler scheduler(
            DataSource database,
            ApplierSettings settings,
            RequestWork work,
            ClusterObjects cluster,
            Inventory inventory,
            SealingKeyset keyset,
            Applying applying,
            KeysetPublication publication,
            Replanning replanning,
            Clock clock) {
        CertificateIntake intake = new CertificateIntake(clock);
        ApplierTasks tasks = new ApplierTasks(
                settings.cluster(),
                work,
                new Planning(cluster, inventory, keyset, intake, clock),
                applying,
                new IdentityLock(database, Duration.ofSeconds(2)),
                publication,
                replanning);
        return Scheduler.create(database, tasks.all())
                .threads(settings.threads())
                .executorService(Executors.newVirtualThreadPerTaskExecutor())
                .pollUsingLockAndFetch(0.5, 1.0)
                // new work is woken by a notification; this is for what is tried again
                .pollingInterval(Duration.ofSeconds(1))
                .heartbeatInterval(Duration.ofSeconds(2))
                .missedHeartbeatsLimit(4)
                .shutdownMaxWait(Duration.ofSeconds(8))
                .alwaysPersistTimestampInUTC()
                .failureLogging(com.github.kagkarlsson.scheduler.logging.LogLevel.DEBUG, false)
                .build();
    }

    @Bean
    TaskLoop taskLoop(Scheduler scheduler) {
        return new TaskLoop(scheduler);
    }

    @Bean
    Wakening wakening(
            DataSourceProperties database, ApplierSettings settings, Scheduler scheduler, Replanning replanning) {
        PGSimpleDataSource unpooled = new PGSimpleDataSource();
        unpooled.setUrl(database.determineUrl());
        unpooled.setUser(database.determineUsername());
        unpooled.setPassword(database.determinePassword());
        return new Wakening(
                unpooled, settings.cluster(), scheduler::triggerCheckForDueExecutions, replanning::everything);
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
    ClusterHealth clusterHealthIndicator(ClusterObjects cluster) {
        return new ClusterHealth(cluster);
    }
}
