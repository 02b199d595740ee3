package io.waypass.portal;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.PublicIds;
import io.waypass.app.Apps;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Cleanings;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.Orphans;
import io.waypass.decision.ApproveMany;
import io.waypass.decision.DecideRequest;
import io.waypass.decision.TryPolicy;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.identity.Identities;
import io.waypass.identity.InspectCertificate;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyLanguage;
import io.waypass.portal.access.RequestId;
import io.waypass.portal.policy.PolicyRounds;
import io.waypass.reconcile.TaskQueue;
import io.waypass.request.Requests;
import io.waypass.request.SubmitRequest;
import io.waypass.request.WithdrawRequest;
import io.waypass.resource.WatchHealths;
import io.waypass.sealing.SealingKeysets;
import io.waypass.team.Teams;
import java.security.SecureRandom;
import java.time.Clock;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Puts the domain together for the portal. */
@Configuration(proxyBeanMethods = false)
class PortalConfiguration {

    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    @Bean
    PublicIds publicIds() {
        return new PublicIds(new SecureRandom());
    }

    @Bean
    TransactionTemplate transactions(PlatformTransactionManager manager) {
        return new TransactionTemplate(manager);
    }

    @Bean
    AuditTrail auditTrail(JdbcClient jdbc, Clock clock) {
        return new AuditTrail(jdbc, JsonMapper.shared(), clock, RequestId::current);
    }

    @Bean
    People people(JdbcClient jdbc, PortalSettings settings, Clock clock) {
        return new People(jdbc, settings.adminGroup(), clock);
    }

    @Bean
    ApiTokens apiTokens(JdbcClient jdbc, People people, Clock clock) {
        return new ApiTokens(jdbc, people, clock, new SecureRandom());
    }

    @Bean
    Clusters clusters(JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock) {
        return new Clusters(jdbc, transactions, audit, clock);
    }

    @Bean
    Teams teams(JdbcClient jdbc, TransactionOperations transactions, Clusters clusters, AuditTrail audit, Clock clock) {
        return new Teams(jdbc, transactions, clusters, audit, clock);
    }

    @Bean
    SealingKeysets sealingKeysets(JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock) {
        return new SealingKeysets(jdbc, transactions, audit, clock);
    }

    @Bean
    Gateways gateways(
            JdbcClient jdbc, TransactionOperations transactions, Clusters clusters, AuditTrail audit, Clock clock) {
        return new Gateways(jdbc, transactions, clusters, audit, clock);
    }

    @Bean
    Destinations destinations(
            JdbcClient jdbc, TransactionOperations transactions, Gateways gateways, AuditTrail audit, Clock clock) {
        return new Destinations(jdbc, transactions, gateways, audit, clock);
    }

    @Bean
    Apps apps(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Clusters clusters,
            Teams teams,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        return new Apps(jdbc, transactions, clusters, teams, ids, audit, clock);
    }

    @Bean
    CertificateIntake certificateIntake(Clock clock) {
        return new CertificateIntake(clock);
    }

    @Bean
    Certificates certificates(JdbcClient jdbc, PublicIds ids, Clock clock) {
        return new Certificates(jdbc, JsonMapper.shared(), ids, clock);
    }

    @Bean
    TaskQueue workQueue(DataSource database, Clock clock) {
        // joins the use case's transaction: the task commits with the request or the decision
        SchedulerClient scheduler = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                .build();
        return new TaskQueue(scheduler, clock);
    }

    @Bean
    Requests requests(JdbcClient jdbc, Destinations destinations, Certificates certificates) {
        return new Requests(jdbc, JsonMapper.shared(), destinations, certificates);
    }

    @Bean
    InspectCertificate inspectCertificate(
            Apps apps, Destinations destinations, Certificates certificates, CertificateIntake intake) {
        return new InspectCertificate(apps, destinations, certificates, intake);
    }

    @Bean
    SubmitRequest submitRequest(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Apps apps,
            Destinations destinations,
            Clusters clusters,
            SealingKeysets sealing,
            InspectCertificate inspection,
            Certificates certificates,
            TaskQueue work,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        return new SubmitRequest(
                jdbc,
                transactions,
                apps,
                destinations,
                clusters,
                sealing,
                inspection,
                certificates,
                work,
                ids,
                audit,
                clock);
    }

    @Bean
    Policies policies(
            JdbcClient jdbc, TransactionOperations transactions, PublicIds ids, AuditTrail audit, Clock clock) {
        return new Policies(jdbc, transactions, new PolicyLanguage(), ids, audit, clock);
    }

    @Bean
    DecideRequest decideRequest(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Requests requests,
            Policies policies,
            TaskQueue work,
            AuditTrail audit,
            Clock clock) {
        return new DecideRequest(jdbc, transactions, JsonMapper.shared(), requests, policies, work, audit, clock);
    }

    @Bean
    ApproveMany approveMany(Requests requests, DecideRequest decide) {
        return new ApproveMany(requests, decide);
    }

    @Bean
    TryPolicy tryPolicy(JdbcClient jdbc, Requests requests, Policies policies, Clock clock) {
        return new TryPolicy(jdbc, requests, policies, clock);
    }

    @Bean
    PolicyRounds policyRounds(DataSourceProperties database, DecideRequest decide) {
        PGSimpleDataSource unpooled = new PGSimpleDataSource();
        unpooled.setUrl(database.determineUrl());
        unpooled.setUser(database.determineUsername());
        unpooled.setPassword(database.determinePassword());
        return new PolicyRounds(unpooled, decide);
    }

    @Bean
    WithdrawRequest withdrawRequest(
            JdbcClient jdbc, TransactionOperations transactions, Requests requests, AuditTrail audit, Clock clock) {
        return new WithdrawRequest(jdbc, transactions, requests, audit, clock);
    }

    @Bean
    Identities identities(JdbcClient jdbc, Destinations destinations, Certificates certificates) {
        return new Identities(jdbc, destinations, certificates);
    }

    @Bean
    WatchHealths sights(JdbcClient jdbc) {
        return new WatchHealths(jdbc);
    }

    @Bean
    Orphans orphans(JdbcClient jdbc) {
        return new Orphans(jdbc);
    }

    @Bean
    Cleanings cleanings(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Clusters clusters,
            PublicIds ids,
            AuditTrail audit,
            Clock clock) {
        return new Cleanings(jdbc, transactions, clusters, ids, audit, clock);
    }
}
