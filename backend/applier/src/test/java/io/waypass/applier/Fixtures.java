package io.waypass.applier;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.waypass.access.People;
import io.waypass.access.Person;
import io.waypass.access.PublicIds;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.KubernetesClusterObjects;
import io.waypass.applier.cluster.Pace;
import io.waypass.audit.AuditTrail;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.cluster.Orphans;
import io.waypass.decision.ApprovalQuorums;
import io.waypass.decision.RequestDecisions;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.IdentityRevisions;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.plan.Plans;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyLanguage;
import io.waypass.reconcile.ApplierRepositories;
import io.waypass.request.Attempts;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestTransitions;
import io.waypass.request.RequestWithdrawal;
import io.waypass.request.Requests;
import io.waypass.request.ResourceType;
import io.waypass.resource.ObservedStates;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.Resources;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.sealing.SealingKeysets;
import io.waypass.task.Fence;
import io.waypass.task.TaskQueue;
import io.waypass.team.Teams;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** A real API server, a real database, the portal's use cases in its role, and appliers to start and stop. */
final class Fixtures implements AutoCloseable {

    static final Person MEMBER = new Person("member", "A member", Set.of("team-namespace"), false);
    static final Person ADMIN = new Person("admin", "An admin", Set.of(), true);

    final ControlPlane plane;
    final KubernetesClient cluster;
    final TestDatabase database;
    final JdbcClient owner;
    private final HikariDataSource ownersPool;
    private final HikariDataSource portalsPool;
    final ClusterRights rights;
    final Path kubeconfig;
    final Path keysetFile;
    final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
    final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    final ApplierRepositories stores;
    final Clusters clusters;
    final Gateways gateways;
    final Destinations destinations;
    final Apps apps;
    final Requests requests;
    final RequestSubmission submit;
    final RequestDecisions decisions;
    final RequestWithdrawal withdrawal;
    final ApprovalQuorums approvalQuorums;
    final Policies policies;
    final Identities identities;
    private final IntakeClock intakeClock = new IntakeClock();
    final Orphans orphans;

    Fixtures(Path directory) throws IOException {
        this(directory, PostgresServer.freshDatabase());
    }

    Fixtures(Path directory, TestDatabase database) throws IOException {
        this.database = database;
        ownersPool = pooled(database.owner());
        portalsPool = pooled(database.portal());
        owner = JdbcClient.create(ownersPool);
        plane = ControlPlane.sharedAndEmpty();
        cluster = plane.client();
        cluster.load(Fixtures.class.getResourceAsStream("/mesh.yaml")).serverSideApply();
        rights = new ClusterRights(plane, cluster);
        kubeconfig = rights.kubeconfig(directory, "waypass-applier", ClusterRights.chartRules());
        rights.letGrantIn("istio-egress", "waypass-applier", ClusterRights.gatewayRules());
        keysetFile = directory.resolve("keyset.json");
        new SealingKeysetFile(keysetFile).create(SealingKeyset.generate());
        DataSource applying = database.applier();
        stores = ApplierRepositories.of(
                applying,
                new DataSourceTransactionManager(applying),
                JsonMapper.shared(),
                Clock.systemUTC(),
                "sandbox");

        Clock clock = Clock.systemUTC();
        JsonMapper json = JsonMapper.shared();
        PublicIds ids = new PublicIds(new SecureRandom());
        var joined = new TransactionAwareDataSourceProxy(portalsPool);
        JdbcClient jdbc = JdbcClient.create(portalsPool);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(portalsPool));
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        Resources resources = new Resources(jdbc, ids, clock);
        clusters = new Clusters(jdbc, transactions, resources, audit, clock);
        Teams teams = new Teams(jdbc, transactions, clusters, audit, clock);
        gateways = new Gateways(jdbc, transactions, resources, clusters, audit, clock);
        destinations = new Destinations(jdbc, transactions, resources, gateways, audit, clock);
        Certificates certificates = new Certificates(jdbc, json, ids, clock);
        TaskQueue tasks = new TaskQueue(SchedulerClient.Builder.create(joined).build(), jdbc, clock);
        apps = new Apps(jdbc, transactions, clusters, teams, ids, audit, clock);
        Attempts attempts = new Attempts(jdbc, clock);
        OrphanRemovals removals = new OrphanRemovals(jdbc, resources);
        Plans plans = new Plans(jdbc, json, ids, clock);
        RequestTransitions transitions = new RequestTransitions(jdbc, resources, attempts, tasks, audit, clock);
        ResourceType.Registry types = new ResourceType.Registry(
                jdbc,
                apps,
                destinations,
                clusters,
                new SealingKeysets(jdbc, transactions, audit, clock),
                new CertificateInspection(apps, destinations, certificates, new CertificateIntake(intakeClock)),
                certificates,
                new IdentityRevisions(jdbc, resources, clusters, destinations, certificates),
                removals,
                resources,
                transitions);
        requests = new Requests(jdbc, json, certificates, types, plans, attempts);
        submit = new RequestSubmission(transactions, types, transitions, ids);
        policies = new Policies(jdbc, transactions, new PolicyLanguage(), ids, audit, clock);
        decisions =
                new RequestDecisions(jdbc, transactions, json, requests, policies, transitions, plans, audit, clock);
        approvalQuorums = new ApprovalQuorums(jdbc, transactions, destinations);
        withdrawal = new RequestWithdrawal(transactions, requests, transitions);
        identities = new Identities(
                jdbc, destinations, certificates, new ObservedStates(jdbc), new ResourceEvents(jdbc, clock));
        orphans = new Orphans(jdbc);

        People people = new People(jdbc, "platform-admins", clock);
        people.seen("member", "A member", List.of("team-namespace-members"));
        people.seen("admin", "An admin", List.of("platform-admins"));
        clusters.register(ADMIN, "sandbox", "cluster.local", Flavour.SOLO, DriftPolicy.RESTORE);
        clusters.register(ADMIN, "upstream", "cluster.local", Flavour.UPSTREAM, DriftPolicy.RESTORE);
        teams.register(
                ADMIN,
                new Teams.NewTeam(
                        "team-namespace",
                        "Team",
                        List.of("team-namespace-members"),
                        List.of(
                                new Teams.OwnedNamespace("sandbox", "team-namespace"),
                                new Teams.OwnedNamespace("upstream", "team-namespace"))));
        registerDestination("sandbox", Placement.TEAM_NAMESPACE, "nginx");
        registerDestination("upstream", Placement.GATEWAY_NAMESPACE, "nginx-upstream");
    }

    /** Has certificates judged as of an instant, until {@link #intakeNow}. */
    void intakeAt(Instant instant) {
        intakeClock.stopAt(instant);
    }

    void intakeNow() {
        intakeClock.resume();
    }

    /** Tests ask many times a second whether something has come about; a connection for each question would be most of the work. */
    private static HikariDataSource pooled(DataSource source) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(source);
        config.setMinimumIdle(1);
        config.setMaximumPoolSize(8);
        config.setConnectionTimeout(2_000);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    private void registerDestination(String cluster, Placement placement, String slug) {
        gateways.register(
                ADMIN,
                new Gateways.NewGateway(cluster, "egress-waypoint", "istio-egress", "egress-waypoint", placement));
        destinations.register(
                ADMIN,
                new Destinations.NewDestination(
                        slug,
                        "Nginx",
                        cluster,
                        "istio-egress/egress-waypoint",
                        "my-nginx.foo.bar",
                        443,
                        80,
                        "nginx-mesh-external-se",
                        Optional.empty(),
                        1));
    }

    /** Takes an identity's task as an applier's scheduler does, and overtakes its holder. */
    Fence take(String identity) {
        return owner.sql("""
                update scheduled_tasks set picked = true, picked_by = 'a test', last_heartbeat = now(), version = version + 1
                where task_name like 'reconcile-%' and task_instance = :identity returning task_name, version
                """)
                .param("identity", identity)
                .query((row, _) -> new Fence(row.getString("task_name"), identity, row.getLong("version")))
                .single();
    }

    /** Waits until no reconcile of an identity is running or due. One that begins later reads what the database says by then. */
    void awaitIdle(String identity) {
        Awaitility.await(identity + " is idle")
                .until(() -> owner.sql("""
                select not picked and wakeups = wakeups_seen from scheduled_tasks where task_name = :task and task_instance = :identity
                """)
                        .param("task", TaskQueue.reconcileTask("sandbox"))
                        .param("identity", identity)
                        .query(Boolean.class)
                        .single());
    }

    /** As if the holders of tasks had sent no heartbeat for an hour: the next applier need not wait for that. */
    void heartbeatsAreMissed() {
        owner.sql("update scheduled_tasks set last_heartbeat = now() - interval '1 hour' where picked")
                .update();
    }

    /** The API server as the applier sees it. */
    static ClusterObjects objects(KubernetesClient client) {
        return new KubernetesClusterObjects(client, new Pace(1000, PatientWaits.PATIENCE), PatientWaits.PATIENCE);
    }

    /** Starts an applier in this JVM with the chart's rights; closing the context stops it gracefully. */
    ConfigurableApplicationContext applier() {
        return applier(kubeconfig);
    }

    ConfigurableApplicationContext applier(Path kubeconfig) {
        return awaited(starting(WebApplicationType.NONE, "sandbox", kubeconfig));
    }

    ConfigurableApplicationContext starting(WebApplicationType type, String clusterName, Path kubeconfig) {
        return starting(type, clusterName, kubeconfig, keysetFile);
    }

    ConfigurableApplicationContext starting(
            WebApplicationType type, String clusterName, Path kubeconfig, Path keysetFile) {
        return starting(
                new SpringApplicationBuilder(ApplierApplication.class).web(type), clusterName, kubeconfig, keysetFile);
    }

    /** An applier that tells guard rails of the catalogue. */
    ConfigurableApplicationContext applierWithGuardRails(Duration checkEvery) {
        return awaited(starting(
                WebApplicationType.NONE,
                "--waypass.guard-rails.namespace=waypass-system",
                "--waypass.guard-rails.name=waypass-guard-rails",
                "--waypass.guard-rails.check-every=" + checkEvery));
    }

    private ConfigurableApplicationContext starting(WebApplicationType type, String... settings) {
        List<String> arguments = new ArrayList<>(arguments("sandbox", kubeconfig, keysetFile));
        arguments.addAll(List.of(settings));
        return new SpringApplicationBuilder(ApplierApplication.class).web(type).run(arguments.toArray(String[]::new));
    }

    /** An applier with a web server that gives up on its database after a second. */
    ConfigurableApplicationContext impatientWithItsDatabase() {
        return starting(WebApplicationType.SERVLET, "--spring.datasource.hikari.connection-timeout=1000");
    }

    /** An applier that leaves a Secret for so long after a rotation has replaced it. */
    ConfigurableApplicationContext applier(Duration rotationGrace) {
        return awaited(starting(WebApplicationType.NONE, "--waypass.rotation-grace=" + rotationGrace));
    }

    /** An applier on a machine whose clock a test sets. */
    ConfigurableApplicationContext applier(Path kubeconfig, InstantSource machine) {
        return awaited(starting(
                new SpringApplicationBuilder(ApplierApplication.class)
                        .web(WebApplicationType.NONE)
                        .properties("spring.main.allow-bean-definition-overriding=true")
                        .initializers(starting -> ((GenericApplicationContext) starting)
                                .registerBean("machineClock", InstantSource.class, () -> machine)),
                "sandbox",
                kubeconfig,
                keysetFile));
    }

    private ConfigurableApplicationContext awaited(ConfigurableApplicationContext started) {
        awaitSealingKeyOf("sandbox");
        return started;
    }

    private ConfigurableApplicationContext starting(
            SpringApplicationBuilder application, String clusterName, Path kubeconfig, Path keysetFile) {
        return application.run(arguments(clusterName, kubeconfig, keysetFile).toArray(String[]::new));
    }

    /** Arguments of an applier, in this JVM or in a process of its own. */
    List<String> arguments(String clusterName, Path kubeconfig, Path keysetFile) {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=waypass_applier",
                "--spring.datasource.password=" + PostgresServer.APPLIER_PASSWORD,
                "--waypass.cluster=" + clusterName,
                "--waypass.sealing-keyset-file=" + keysetFile,
                "--waypass.kubeconfig=" + kubeconfig,
                "--waypass.keyset-check-every=200ms",
                "--waypass.reseal-every=500ms",
                "--server.port=0",
                "--spring.main.register-shutdown-hook=false");
    }

    void awaitSealingKeyOf(String clusterName) {
        Awaitility.await()
                .until(() -> owner.sql("""
                                select count(*) from cluster_sealing_keyset k join cluster c on c.id = k.cluster_id where c.name = :name
                                """)
                                .param("name", clusterName)
                                .query(Long.class)
                                .single()
                        == 1);
    }

    App app(String name) {
        return app(name, "sandbox");
    }

    App app(String name, String clusterName) {
        cluster.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("team-namespace")
                        .endMetadata()
                        .build())
                .serverSideApply();
        return apps.register(MEMBER, new Apps.NewApp("team-namespace", clusterName, "team-namespace", name, ""));
    }

    Issued certificate(String app) {
        return clients.issue(Wish.client("CN=team-namespace." + app));
    }

    String submit(App app, Issued certificate) {
        return submit(app, "nginx", certificate);
    }

    String submit(App app, String destination, Issued certificate) {
        return submit(
                app,
                destination,
                CertificateSubmission.of(certificate.chainPem(), certificate.keyPem(), partner.certificatePem()));
    }

    String submit(App app, String destination, CertificateSubmission certificate) {
        return submit.submit(
                MEMBER,
                new NewRequest.OfIdentity(
                        RequestKind.CREATE_IDENTITY, app.publicId(), destination, certificate, "a test asks"));
    }

    /** Submits a request of a kind that takes no certificate. */
    String submitWithout(RequestKind kind, App app, String destination) {
        return submit.submit(MEMBER, NewRequest.OfIdentity.without(kind, app.publicId(), destination, "a test asks"));
    }

    String rotate(App app, String destination, Issued certificate) {
        return submit.submit(
                MEMBER,
                new NewRequest.OfIdentity(
                        RequestKind.ROTATE_CERTIFICATE,
                        app.publicId(),
                        destination,
                        CertificateSubmission.of(
                                certificate.chainPem(), certificate.keyPem(), partner.certificatePem()),
                        "a test asks"));
    }

    /** Requests, approves and applies an identity of an app, and gives the request. */
    String applied(App app, String destination) {
        String request = submit(app, destination, certificate(app.name()));
        approve(request);
        await(request, RequestStatus.APPLIED);
        return request;
    }

    String retire(App app, String destination) {
        return submit.submit(
                MEMBER,
                NewRequest.OfIdentity.without(RequestKind.RETIRE_IDENTITY, app.publicId(), destination, "a test asks"));
    }

    Plan approve(String request) {
        Plan plan = await(request, RequestStatus.PENDING).plan().orElseThrow();
        decisions.decide(
                ADMIN,
                new RequestDecisions.Vote(request, plan.digest(), Optional.of(plan.publicId()), true, "looks right"));
        return plan;
    }

    RequestDetail await(String request, RequestStatus status) {
        return Awaitility.await(request + " becomes " + status)
                .pollInterval(Duration.ofMillis(20))
                .until(
                        () -> requests.find(ADMIN, request),
                        found -> found.summary().status() == status);
    }

    IdentityDetail identity(String request) {
        return identities.find(
                ADMIN,
                requests.find(ADMIN, request).summary().identity().orElseThrow().identityId());
    }

    /** An object of an app's applied identity. */
    PlanObject object(String app, String kind) {
        String request = owner.sql("""
                        select r.public_id from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id and r.revision = rs.applied_revision
                        join app a on a.id = i.app_id where a.name = :app
                        """).param("app", app).query(String.class).single();
        Plan plan = requests.find(ADMIN, request).plan().orElseThrow();
        return plan.objects().stream()
                .filter(object -> object.kind().equals(kind) && object.name().contains(app))
                .findFirst()
                .orElseThrow();
    }

    Resource<GenericKubernetesResource> resource(PlanObject object) {
        return cluster.genericKubernetesResources(object.apiVersion(), object.kind())
                .inNamespace(object.namespace())
                .withName(object.name());
    }

    @Nullable Secret secret(String app) {
        return cluster.secrets()
                .inNamespace("team-namespace")
                .withName(app + "-client-mtls-secret")
                .get();
    }

    @Override
    public void close() {
        cluster.close();
        portalsPool.close();
        ownersPool.close();
    }
}
