package io.waypass.cluster;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.app.Apps;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Certificates;
import io.waypass.decision.RequestDecisions;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.IdentityRevisions;
import io.waypass.plan.CheckCode;
import io.waypass.plan.NewPlan;
import io.waypass.plan.PlanObject;
import io.waypass.plan.Plans;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyLanguage;
import io.waypass.reconcile.ApplierRepositories;
import io.waypass.reconcile.PlanJob;
import io.waypass.request.Attempts;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestTransitions;
import io.waypass.request.RequestWithdrawal;
import io.waypass.request.Requests;
import io.waypass.request.ResourceType;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Resources;
import io.waypass.sealing.SealingKeysets;
import io.waypass.task.Fence;
import io.waypass.task.TaskQueue;
import io.waypass.team.Teams;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.SampleRows;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Two clusters, a team, an app with an identity; the portal's half and the applier's half, each by its own role. */
final class World {

    static final String DIGEST = "sha256:" + "c".repeat(64);

    static final Person ASKING = new Person("asking", "The asking admin", Set.of(), true);
    static final Person DECIDING = new Person("deciding", "The deciding admin", Set.of(), true);
    static final Person THIRD = new Person("third", "The third admin", Set.of(), true);
    static final Person MEMBER = new Person("member", "The member", Set.of("one"), false);

    final TestDatabase database = PostgresServer.freshDatabase();
    final JdbcClient owner = JdbcClient.create(database.owner());
    final JdbcClient portal = JdbcClient.create(database.portal());
    final JdbcClient applier = JdbcClient.create(database.applier());
    final Orphans orphans;
    final Requests requests;
    final RequestSubmission submit;
    final RequestDecisions decisions;
    final RequestWithdrawal withdrawal;
    final ApplierRepositories here;
    final OrphanStore work;
    final ApplierRepositories elsewhere;

    World() {
        owner.sql("""
                insert into person (subject, display_name, last_seen_at) values ('asking', 'The asking admin', now()),
                    ('deciding', 'The deciding admin', now()), ('third', 'The third admin', now()), ('member', 'The member', now());
                insert into team (slug, display_name, created_at) values ('one', 'One', now());
                """ + SampleRows.cluster(1, "sandbox") + SampleRows.cluster(2, "elsewhere")
                        + SampleRows.gateway(11, 1, "istio-egress") + SampleRows.gateway(12, 2, "other-egress")
                        + SampleRows.destination(21, 11, "nginx", "my-nginx.foo.bar")
                        + SampleRows.destination(22, 12, "far", "far.foo.bar") + """
                insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    values ('app_1', 1, 1, 'team-namespace', 'app1', 'app1', 'member', now()),
                        ('app_2', 1, 2, 'team-namespace', 'app2', 'app2', 'member', now());
                """ + SampleRows.identity(31, 1, 21)
                        + SampleRows.identity(32, 2, 22)
                        + SampleRows.certificate(1, 31, 1) + SampleRows.keep(31, 1, 1) + """
                """)
                .update();
        orphans = new Orphans(portal);
        Clock clock = Clock.systemUTC();
        JsonMapper json = JsonMapper.shared();
        AuditTrail audit = new AuditTrail(portal, json, clock);
        TransactionTemplate transactions = transactions(database.portal());
        PublicIds ids = new PublicIds(new SecureRandom());
        Resources resources = new Resources(portal, ids, clock);
        Clusters clusters = new Clusters(portal, transactions, resources, audit, clock);
        Destinations destinations = new Destinations(
                portal,
                transactions,
                resources,
                new Gateways(portal, transactions, resources, clusters, audit, clock),
                audit,
                clock);
        Attempts attempts = new Attempts(portal, clock);
        Plans plans = new Plans(portal, json, ids, clock);
        OrphanRemovals removals = new OrphanRemovals(portal, resources);
        TaskQueue tasks = new TaskQueue(
                SchedulerClient.Builder.create(new TransactionAwareDataSourceProxy(database.portal()))
                        .build(),
                portal,
                clock);
        RequestTransitions transitions = new RequestTransitions(portal, resources, attempts, tasks, audit, clock);
        Certificates certificates = new Certificates(portal, json, ids, clock);
        Apps apps = new Apps(
                portal,
                transactions,
                clusters,
                new Teams(portal, transactions, clusters, audit, clock),
                ids,
                audit,
                clock);
        ResourceType.Registry types = new ResourceType.Registry(
                portal,
                apps,
                destinations,
                clusters,
                new SealingKeysets(portal, transactions, audit, clock),
                new CertificateInspection(apps, destinations, certificates, new CertificateIntake(clock)),
                certificates,
                new IdentityRevisions(portal, resources, clusters, destinations, certificates),
                removals,
                resources,
                transitions);
        requests = new Requests(portal, json, certificates, types, plans, attempts);
        submit = new RequestSubmission(transactions, types, transitions, ids);
        decisions = new RequestDecisions(
                portal,
                transactions,
                json,
                requests,
                new Policies(portal, transactions, new PolicyLanguage(), ids, audit, clock),
                transitions,
                plans,
                audit,
                clock);
        withdrawal = new RequestWithdrawal(transactions, requests, transitions);
        here = repositories("sandbox");
        elsewhere = repositories("elsewhere");
        work = here.orphans();
    }

    private ApplierRepositories repositories(String cluster) {
        return ApplierRepositories.of(
                database.applier(),
                new JdbcTransactionManager(database.applier()),
                JsonMapper.shared(),
                Clock.systemUTC(),
                cluster);
    }

    private static TransactionTemplate transactions(DataSource database) {
        return new TransactionTemplate(new JdbcTransactionManager(database));
    }

    /** The identity as an applied request leaves it, with one object on record. */
    void applied() {
        revisions(1, 1);
        recorded("app1-se", "as-approved");
    }

    void revisions(Integer desired, Integer applied) {
        Stream.of(Optional.ofNullable(desired), Optional.ofNullable(applied))
                .flatMap(Optional::stream)
                .forEach(number -> revision(number, "keep"));
        owner.sql(
                        "update resource set desired_revision = :desired, applied_revision = :applied where public_id = 'idn_31'")
                .param("desired", desired)
                .param("applied", applied)
                .update();
    }

    void recorded(String name, String state) {
        owner.sql("""
                insert into observed_object (resource_id, position, api_version, kind, namespace, name, state, observed_at)
                select 31, count(*), 'networking.istio.io/v1', 'ServiceEntry', 'team-namespace', :name, :state, now() from observed_object
                """).param("name", name).param("state", state).update();
    }

    private void revision(int number, String operation) {
        owner.sql("""
                insert into resource_revision (resource_id, revision, kind, operation, created_at)
                values (31, :revision, 'identity', :operation, now()) on conflict do nothing
                """).param("revision", number).param("operation", operation).update();
    }

    void request(String kind, int revision, String status) {
        revision(revision, kind.equals("retire-identity") ? "retire" : "keep");
        owner.sql("""
                insert into request (public_id, kind, resource_id, team_id, revision, reason, requested_by, requested_at, status,
                    status_changed_at) values ('req_' || :revision, :kind, 31, 1, :revision, 'why', 'member', now(), :status, now())
                """)
                .param("kind", kind)
                .param("revision", revision)
                .param("status", status)
                .update();
    }

    static LabelledObject object(String name, String identity, String owner) {
        return new LabelledObject(
                "networking.istio.io/v1",
                place(name),
                "uid-of-" + name,
                "1",
                Optional.ofNullable(identity),
                Optional.ofNullable(owner),
                "waypass");
    }

    /** An object that names nobody. */
    static LabelledObject unclaimed(String name) {
        return object(name, null, null);
    }

    static ObjectPlace place(String name) {
        return new ObjectPlace("ServiceEntry", "team-namespace", name);
    }

    List<Orphan> reported() {
        return orphans.objects(ASKING, Optional.empty(), Optional.empty(), 200).items();
    }

    List<String> names() {
        return reported().stream().map(orphan -> orphan.object().place().name()).toList();
    }

    /** Two orphans, asked for by one admin; planned. */
    String asked() {
        work.recordSeen(List.of(unclaimed("a"), unclaimed("b")));
        String request = submit.submit(
                ASKING, new NewRequest.OfOrphans("sandbox", List.of("uid-of-b", "uid-of-a"), "They are left over."));
        plan(here, request);
        return request;
    }

    /** Plans a removal as an applier does, with a digest of the test's. */
    void plan(ApplierRepositories applier, String request) {
        PlanJob.OfOrphans job =
                (PlanJob.OfOrphans) applier.planning().takeUp(request).orElseThrow();
        applier.planning()
                .recordPlan(
                        job,
                        new NewPlan(
                                DIGEST,
                                List.of(CheckCode.ORPHANS_LEFT.passed("They are there.")),
                                job.objects().stream()
                                        .map(object -> new PlanObject(
                                                object.apiVersion(),
                                                object.place().kind(),
                                                object.place().namespace(),
                                                object.place().name(),
                                                PlanObject.Action.DELETE,
                                                "",
                                                "{}",
                                                false))
                                        .toList(),
                                Map.of(),
                                Duration.ZERO));
    }

    void approve(String request) {
        decisions.decide(DECIDING, new RequestDecisions.Vote(request, DIGEST, Optional.empty(), true, "I looked."));
    }

    /** The objects that a request is about, as people see them. */
    List<OrphanRemovalObject> objects(String request) {
        return ((RequestContent.OfOrphans) requests.find(ASKING, request).content()).objects();
    }

    RequestStatus status(String request) {
        return requests.find(ASKING, request).summary().status();
    }

    /** Takes the cluster's task as an applier's scheduler does. */
    Fence take() {
        return owner.sql("""
                update scheduled_tasks set picked = true, version = version + 1
                where task_name = 'reconcile-sandbox' and task_instance = 'cls_1' returning version
                """)
                .query((row, _) -> new Fence("reconcile-sandbox", "cls_1", row.getLong("version")))
                .single();
    }

    List<String> audited(String subject) {
        return owner.sql("""
                select action || ' by ' || actor || case when before_digest is null then '' else ', before' end
                    || case when after_digest is null then '' else ', after' end from audit_event where subject = :subject order by id
                """).param("subject", subject).query(String.class).list();
    }
}
