package io.waypass.applier;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.rbac.ClusterRole;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
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
import io.waypass.cluster.Cleanings;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.Flavour;
import io.waypass.cluster.JdbcOrphanStore;
import io.waypass.cluster.OrphanStore;
import io.waypass.cluster.Orphans;
import io.waypass.decision.DecideRequest;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.InspectCertificate;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanningStore;
import io.waypass.policy.Policies;
import io.waypass.policy.PolicyLanguage;
import io.waypass.reconcile.Fence;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.TaskQueue;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.Requests;
import io.waypass.request.SubmitRequest;
import io.waypass.request.WithdrawRequest;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.sealing.SealingKeysets;
import io.waypass.team.Teams;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
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
    final Path kubeconfig;
    final Path keysetFile;
    final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
    final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    final Clusters clusters;
    final Apps apps;
    final Requests requests;
    final SubmitRequest submit;
    final DecideRequest decide;
    final WithdrawRequest withdraw;
    final Policies policies;
    final Gateways gateways;
    final Destinations destinations;
    final Identities identities;
    final Cleanings cleanings;
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
        kubeconfig = kubeconfig(directory, "waypass-applier", chartRules());
        letGrantIn("istio-egress", "waypass-applier", gatewayRules());
        keysetFile = directory.resolve("keyset.json");
        new SealingKeysetFile(keysetFile).create(SealingKeyset.generate());

        Clock clock = Clock.systemUTC();
        JsonMapper json = JsonMapper.shared();
        PublicIds ids = new PublicIds(new SecureRandom());
        var joined = new TransactionAwareDataSourceProxy(portalsPool);
        JdbcClient jdbc = JdbcClient.create(portalsPool);
        TransactionTemplate transactions = new TransactionTemplate(new DataSourceTransactionManager(portalsPool));
        AuditTrail audit = new AuditTrail(jdbc, json, clock);
        clusters = new Clusters(jdbc, transactions, audit, clock);
        Teams teams = new Teams(jdbc, transactions, clusters, audit, clock);
        gateways = new Gateways(jdbc, transactions, clusters, audit, clock);
        destinations = new Destinations(jdbc, transactions, gateways, audit, clock);
        Certificates certificates = new Certificates(jdbc, json, ids, clock);
        TaskQueue work = new TaskQueue(SchedulerClient.Builder.create(joined).build(), clock);
        apps = new Apps(jdbc, transactions, clusters, teams, ids, audit, clock);
        requests = new Requests(jdbc, json, destinations, certificates);
        submit = new SubmitRequest(
                jdbc,
                transactions,
                apps,
                destinations,
                clusters,
                new SealingKeysets(jdbc, transactions, audit, clock),
                new InspectCertificate(apps, destinations, certificates, new CertificateIntake(intakeClock)),
                certificates,
                work,
                ids,
                audit,
                clock);
        policies = new Policies(jdbc, transactions, new PolicyLanguage(), ids, audit, clock);
        decide = new DecideRequest(jdbc, transactions, json, requests, policies, work, audit, clock);
        withdraw = new WithdrawRequest(jdbc, transactions, requests, audit, clock);
        identities = new Identities(jdbc, destinations, certificates);
        cleanings = new Cleanings(jdbc, transactions, clusters, ids, audit, clock);
        orphans = new Orphans(jdbc);

        People people = new People(jdbc, "platform-admins", clock);
        people.seen("member", "A member", List.of("team-namespace-members"));
        people.seen("admin", "An admin", List.of("platform-admins"));
        clusters.register(ADMIN, "sandbox", "cluster.local", Flavour.SOLO);
        clusters.register(ADMIN, "upstream", "cluster.local", Flavour.UPSTREAM);
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

    /** The time at which certificates are given in, which a test may set. */
    private static final class IntakeClock extends Clock {
        private volatile @Nullable Instant set;

        @Override
        public Instant instant() {
            Instant fixed = set;
            return fixed == null ? Instant.now() : fixed;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("instants alone");
        }
    }

    /** Certificates are judged as of an instant, until {@link #intakeNow}. */
    void intakeAt(Instant instant) {
        intakeClock.set = instant;
    }

    void intakeNow() {
        intakeClock.set = null;
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

    /** What the chart lets the applier do; nothing else is allowed in these tests. */
    static List<PolicyRule> chartRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/clusterrole.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.lastIndexOf("{{- end }}"));
        return Serialization.unmarshal(
                        "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n" + rules, ClusterRole.class)
                .getRules();
    }

    /** What the chart lets the applier do where objects live beside the waypoint. */
    static List<PolicyRule> gatewayRules() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/gateway-role.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.lastIndexOf("---"));
        return Serialization.unmarshal("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + rules, Role.class)
                .getRules();
    }

    /** Further rights of a user in one namespace. */
    void letGrantIn(String namespace, String user, List<PolicyRule> rules) {
        cluster.resource(new RoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
        cluster.resource(new RoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .withNamespace(namespace)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "Role", user)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .serverSideApply();
    }

    /** A user of the cluster with these rights alone. */
    Path kubeconfig(Path directory, String user, List<PolicyRule> rules) {
        Path file = directory.resolve(user + ".kubeconfig");
        plane.kubeconfig(user, file);
        cluster.resource(new ClusterRoleBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withRules(rules)
                        .build())
                .serverSideApply();
        cluster.resource(new ClusterRoleBindingBuilder()
                        .withNewMetadata()
                        .withName(user)
                        .endMetadata()
                        .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", user)
                        .addNewSubject("rbac.authorization.k8s.io", "User", user, null)
                        .build())
                .serverSideApply();
        return file;
    }

    /** The chart's Role beside istiod, bound to the applier's user. */
    void letSeeIstiod() throws IOException {
        String template = Files.readString(Path.of("../../helm/waypass/templates/applier/istiod-role.yaml"));
        String rules = template.substring(template.indexOf("rules:"), template.indexOf("---"));
        cluster.resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("istio-system")
                        .endMetadata()
                        .build())
                .serverSideApply();
        letGrantIn(
                "istio-system",
                "waypass-applier",
                Serialization.unmarshal("apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n" + rules, Role.class)
                        .getRules());
    }

    /** What of istiod the applier looks at: its Deployment's variables. No istiod runs here. */
    void istiod(String variables) {
        cluster.resource(Serialization.unmarshal("""
                        apiVersion: apps/v1
                        kind: Deployment
                        metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}}
                        spec:
                          selector: {matchLabels: {app: istiod}}
                          template:
                            metadata: {labels: {app: istiod}}
                            spec:
                              containers:
                              - name: discovery
                                image: istiod
                                env:
                        """ + variables.indent(16), Deployment.class))
                .forceConflicts()
                .serverSideApply();
    }

    /** The applier's part of planning, by its own database role. */
    PlanningStore planningStore() {
        return byApplier((jdbc, transactions, registered, catalogue) -> new ApplierConfiguration()
                .planningStore(
                        jdbc,
                        transactions,
                        transactions.getDataSource(),
                        JsonMapper.shared(),
                        Clock.systemUTC(),
                        registered,
                        catalogue,
                        settings()));
    }

    /** The applier's part of keeping, by its own database role. */
    ReconcileStore reconcileStore() {
        return byApplier((jdbc, transactions, registered, catalogue) -> new ApplierConfiguration()
                .reconcileStore(
                        jdbc,
                        transactions,
                        transactions.getDataSource(),
                        JsonMapper.shared(),
                        Clock.systemUTC(),
                        registered,
                        catalogue,
                        settings()));
    }

    /** The applier's part of orphans, by its own database role. */
    OrphanStore orphanStore() {
        return byApplier((jdbc, transactions, _, _) -> new JdbcOrphanStore(
                jdbc,
                new TransactionTemplate(transactions),
                new AuditTrail(jdbc, JsonMapper.shared(), Clock.systemUTC()),
                Clock.systemUTC(),
                "sandbox"));
    }

    private interface ByApplier<T> {
        T make(
                JdbcClient jdbc,
                DataSourceTransactionManager transactions,
                Clusters clusters,
                Destinations destinations);
    }

    private <T> T byApplier(ByApplier<T> made) {
        DataSource applying = database.applier();
        JdbcClient jdbc = JdbcClient.create(applying);
        DataSourceTransactionManager transactions = new DataSourceTransactionManager(applying);
        ApplierConfiguration configuration = new ApplierConfiguration();
        JsonMapper json = JsonMapper.shared();
        Clusters registered = configuration.clusters(jdbc, transactions, json, Clock.systemUTC());
        return made.make(
                jdbc,
                transactions,
                registered,
                configuration.destinations(jdbc, transactions, registered, json, Clock.systemUTC()));
    }

    private ApplierSettings settings() {
        return new ApplierSettings(
                "sandbox",
                keysetFile,
                kubeconfig,
                "",
                1,
                Duration.ofSeconds(5),
                1000,
                Duration.ofSeconds(2),
                false,
                Duration.ofSeconds(5),
                Duration.ofMinutes(5));
    }

    /** Takes an identity's task as an applier's scheduler does; whoever held it before is overtaken. */
    Fence take(String identity) {
        return owner.sql("""
                update scheduled_tasks set picked = true, picked_by = 'a test', last_heartbeat = now(), version = version + 1
                where task_name like 'reconcile-%' and task_instance = :identity returning task_name, version
                """)
                .param("identity", identity)
                .query((row, _) -> new Fence(row.getString("task_name"), identity, row.getLong("version")))
                .single();
    }

    /** As if whoever holds tasks had not been heard of for long; who comes next need not wait for that. */
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
        ConfigurableApplicationContext context = starting(WebApplicationType.NONE, "sandbox", kubeconfig);
        awaitSealingKeyOf("sandbox");
        return context;
    }

    ConfigurableApplicationContext starting(WebApplicationType type, String clusterName, Path kubeconfig) {
        return starting(type, clusterName, kubeconfig, keysetFile);
    }

    ConfigurableApplicationContext starting(
            WebApplicationType type, String clusterName, Path kubeconfig, Path keysetFile) {
        return starting(
                new SpringApplicationBuilder(ApplierApplication.class).web(type), clusterName, kubeconfig, keysetFile);
    }

    /** An applier with a web server that gives up on its database after a second. */
    ConfigurableApplicationContext impatientWithItsDatabase() {
        List<String> arguments = new ArrayList<>(arguments("sandbox", kubeconfig, keysetFile));
        arguments.add("--spring.datasource.hikari.connection-timeout=1000");
        return new SpringApplicationBuilder(ApplierApplication.class)
                .web(WebApplicationType.SERVLET)
                .run(arguments.toArray(String[]::new));
    }

    /** An applier on a machine whose clock a test sets. */
    ConfigurableApplicationContext applier(Path kubeconfig, InstantSource machine) {
        ConfigurableApplicationContext context = starting(
                new SpringApplicationBuilder(ApplierApplication.class)
                        .web(WebApplicationType.NONE)
                        .properties("spring.main.allow-bean-definition-overriding=true")
                        .initializers(starting -> ((GenericApplicationContext) starting)
                                .registerBean("machineClock", InstantSource.class, () -> machine)),
                "sandbox",
                kubeconfig,
                keysetFile);
        awaitSealingKeyOf("sandbox");
        return context;
    }

    private ConfigurableApplicationContext starting(
            SpringApplicationBuilder application, String clusterName, Path kubeconfig, Path keysetFile) {
        return application.run(arguments(clusterName, kubeconfig, keysetFile).toArray(String[]::new));
    }

    /** How an applier is told, in this JVM or in one of its own. */
    List<String> arguments(String clusterName, Path kubeconfig, Path keysetFile) {
        return List.of(
                "--spring.datasource.url=" + database.url(),
                "--spring.datasource.username=waypass_applier",
                "--spring.datasource.password=" + PostgresServer.APPLIER_PASSWORD,
                "--waypass.cluster=" + clusterName,
                "--waypass.sealing-keyset-file=" + keysetFile,
                "--waypass.kubeconfig=" + kubeconfig,
                "--waypass.keyset-look-every=200ms",
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
                new NewRequest(RequestKind.CREATE_IDENTITY, app.publicId(), destination, certificate, "a test asks"));
    }

    /** Asks for something that brings no certificate. */
    String submitWithout(RequestKind kind, App app, String destination) {
        return submit.submit(MEMBER, NewRequest.without(kind, app.publicId(), destination, "a test asks"));
    }

    String rotate(App app, String destination, Issued certificate) {
        return submit.submit(
                MEMBER,
                new NewRequest(
                        RequestKind.ROTATE_CERTIFICATE,
                        app.publicId(),
                        destination,
                        CertificateSubmission.of(
                                certificate.chainPem(), certificate.keyPem(), partner.certificatePem()),
                        "a test asks"));
    }

    /** An app whose identity is applied; gives the request. */
    String applied(App app, String destination) {
        String request = submit(app, destination, certificate(app.name()));
        approve(request);
        await(request, RequestStatus.APPLIED);
        return request;
    }

    String retire(App app, String destination) {
        return submit.submit(
                MEMBER, NewRequest.without(RequestKind.RETIRE_IDENTITY, app.publicId(), destination, "a test asks"));
    }

    Plan approve(String request) {
        Plan plan = await(request, RequestStatus.PENDING).plan().orElseThrow();
        decide.decide(
                ADMIN,
                new DecideRequest.Vote(request, plan.digest(), Optional.of(plan.publicId()), true, "looks right"));
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
        return identities.find(ADMIN, requests.find(ADMIN, request).summary().identityId());
    }

    @Override
    public void close() {
        cluster.close();
        portalsPool.close();
        ownersPool.close();
    }
}
