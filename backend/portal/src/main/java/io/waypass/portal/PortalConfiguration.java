package io.waypass.portal;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.waypass.access.ApiTokens;
import io.waypass.access.People;
import io.waypass.access.PublicIds;
import io.waypass.app.Apps;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.cluster.Orphans;
import io.waypass.decision.ApprovalQuorums;
import io.waypass.decision.BulkApproval;
import io.waypass.decision.PolicyTrial;
import io.waypass.decision.RequestDecisions;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityRevisions;
import io.waypass.plan.Plans;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyLanguage;
import io.waypass.portal.access.RequestId;
import io.waypass.portal.policy.PolicyRounds;
import io.waypass.request.Attempts;
import io.waypass.request.RequestQueue;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestTransitions;
import io.waypass.request.RequestWithdrawal;
import io.waypass.request.Requests;
import io.waypass.request.ResourceType;
import io.waypass.resource.ObservedStates;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.Resources;
import io.waypass.resource.WatchHealths;
import io.waypass.sealing.SealingKeysets;
import io.waypass.task.TaskQueue;
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
    Resources resources(JdbcClient jdbc, PublicIds ids, Clock clock) {
        return new Resources(jdbc, ids, clock);
    }

    @Bean
    Clusters clusters(
            JdbcClient jdbc, TransactionOperations transactions, Resources resources, AuditTrail audit, Clock clock) {
        return new Clusters(jdbc, transactions, resources, audit, clock);
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
            JdbcClient jdbc,
            TransactionOperations transactions,
            Resources resources,
            Clusters clusters,
            AuditTrail audit,
            Clock clock) {
        return new Gateways(jdbc, transactions, resources, clusters, audit, clock);
    }

    @Bean
    Destinations destinations(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Resources resources,
            Gateways gateways,
            AuditTrail audit,
            Clock clock) {
        return new Destinations(jdbc, transactions, resources, gateways, audit, clock);
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
    TaskQueue taskQueue(DataSource database, JdbcClient jdbc, Clock clock) {
        // joins the use case's transaction: the task commits with the request or the decision
        SchedulerClient scheduler = SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database))
                .build();
        return new TaskQueue(scheduler, jdbc, clock);
    }

    @Bean
    Attempts attempts(JdbcClient jdbc, Clock clock) {
        return new Attempts(jdbc, clock);
    }

    @Bean
    Plans plans(JdbcClient jdbc, PublicIds ids, Clock clock) {
        return new Plans(jdbc, JsonMapper.shared(), ids, clock);
    }

    @Bean
    IdentityRevisions identityRevisions(
            JdbcClient jdbc,
            Resources resources,
            Clusters clusters,
            Destinations destinations,
            Certificates certificates) {
        return new IdentityRevisions(jdbc, resources, clusters, destinations, certificates);
    }

    @Bean
    RequestTransitions requestTransitions(
            JdbcClient jdbc, Resources resources, Attempts attempts, TaskQueue tasks, AuditTrail audit, Clock clock) {
        return new RequestTransitions(jdbc, resources, attempts, tasks, audit, clock);
    }

    @Bean
    Requests requests(
            JdbcClient jdbc, Certificates certificates, ResourceType.Registry types, Plans plans, Attempts attempts) {
        return new Requests(jdbc, JsonMapper.shared(), certificates, types, plans, attempts);
    }

    @Bean
    CertificateInspection certificateInspection(
            Apps apps, Destinations destinations, Certificates certificates, CertificateIntake intake) {
        return new CertificateInspection(apps, destinations, certificates, intake);
    }

    @Bean
    ResourceType.Registry resourceTypes(
            JdbcClient jdbc,
            Apps apps,
            Destinations destinations,
            Clusters clusters,
            SealingKeysets sealing,
            CertificateInspection inspection,
            Certificates certificates,
            IdentityRevisions identities,
            OrphanRemovals removals,
            Resources resources,
            RequestTransitions transitions) {
        return new ResourceType.Registry(
                jdbc,
                apps,
                destinations,
                clusters,
                sealing,
                inspection,
                certificates,
                identities,
                removals,
                resources,
                transitions);
    }

    @Bean
    RequestSubmission requestSubmission(
            TransactionOperations transactions,
            ResourceType.Registry types,
            RequestTransitions transitions,
            PublicIds ids) {
        return new RequestSubmission(transactions, types, transitions, ids);
    }

    @Bean
    Policies policies(
            JdbcClient jdbc, TransactionOperations transactions, PublicIds ids, AuditTrail audit, Clock clock) {
        return new Policies(jdbc, transactions, new PolicyLanguage(), ids, audit, clock);
    }

    @Bean
    RequestDecisions requestDecisions(
            JdbcClient jdbc,
            TransactionOperations transactions,
            Requests requests,
            Policies policies,
            RequestTransitions transitions,
            Plans plans,
            AuditTrail audit,
            Clock clock) {
        return new RequestDecisions(
                jdbc, transactions, JsonMapper.shared(), requests, policies, transitions, plans, audit, clock);
    }

    @Bean
    ApprovalQuorums approvalQuorums(JdbcClient jdbc, TransactionOperations transactions, Destinations destinations) {
        return new ApprovalQuorums(jdbc, transactions, destinations);
    }

    @Bean
    RequestQueue requestQueue(JdbcClient jdbc, ResourceType.Registry types) {
        return new RequestQueue(jdbc, types);
    }

    @Bean
    BulkApproval bulkApproval(Requests requests, RequestDecisions decisions) {
        return new BulkApproval(requests, decisions);
    }

    @Bean
    PolicyTrial policyTrial(JdbcClient jdbc, Requests requests, Policies policies, Clock clock) {
        return new PolicyTrial(jdbc, requests, policies, clock);
    }

    @Bean
    PolicyRounds policyRounds(DataSourceProperties database, RequestDecisions decisions) {
        PGSimpleDataSource unpooled = new PGSimpleDataSource();
        unpooled.setUrl(database.determineUrl());
        unpooled.setUser(database.determineUsername());
        unpooled.setPassword(database.determinePassword());
        return new PolicyRounds(unpooled, decisions);
    }

    @Bean
    RequestWithdrawal requestWithdrawal(
            TransactionOperations transactions, Requests requests, RequestTransitions requestTransitions) {
        return new RequestWithdrawal(transactions, requests, requestTransitions);
    }

    @Bean
    Identities identities(JdbcClient jdbc, Destinations destinations, Certificates certificates, Clock clock) {
        return new Identities(
                jdbc, destinations, certificates, new ObservedStates(jdbc), new ResourceEvents(jdbc, clock));
    }

    @Bean
    WatchHealths watchHealths(JdbcClient jdbc) {
        return new WatchHealths(jdbc);
    }

    @Bean
    Orphans orphans(JdbcClient jdbc) {
        return new Orphans(jdbc);
    }

    @Bean
    OrphanRemovals orphanRemovals(JdbcClient jdbc, Resources resources) {
        return new OrphanRemovals(jdbc, resources);
    }
}
