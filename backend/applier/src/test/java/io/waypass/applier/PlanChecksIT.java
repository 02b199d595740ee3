package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Gateways;
import io.waypass.gateway.Placement;
import io.waypass.plan.CheckCode;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Every check of a plan, with each answer that it can give, on a real API server with the chart's rights. Each scene has a namespace, a
 * gateway and a destination of its own; all are arranged while no applier runs, and then planned by one.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanChecksIT {

    /** What a right that is missing makes unknown is seen in {@link ApplierRightsIT}. */
    private static final Set<CheckCode> UNKNOWN_WITHOUT_RIGHTS = EnumSet.of(
            CheckCode.NAMESPACE_EXISTS,
            CheckCode.SERVICE_ACCOUNT_EXISTS,
            CheckCode.GATEWAY_EXISTS,
            CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
            CheckCode.HOST_UNIQUE,
            CheckCode.SYNTHETIC_HOST_UNIQUE,
            CheckCode.ROUTE_UNSHADOWED,
            CheckCode.CREDENTIAL_UNSHARED,
            CheckCode.INVENTORY_WATCHED);

    /** No input reaches these limits, since names are shortened; {@code ManifestChecksTests} shows what they say. */
    private static final Set<CheckCode> ALWAYS_PASSED = EnumSet.of(CheckCode.NAMES_FIT, CheckCode.ROUTE_LIMITS);

    record Scenario(CheckCode code, Level level, String words, Wish wish, Consumer<Scene> arrange) {
        @Override
        public String toString() {
            return code.value() + " " + level;
        }
    }

    /** One scenario's own part of the cluster and the catalogue. */
    final class Scene {
        final String id;
        final String namespace;
        final String gateway;
        final String host;
        final App app;
        final String request;
        final String identity;

        Scene(int number, Wish wish) {
            id = "c" + number;
            namespace = "team-" + id;
            gateway = "egress-" + id;
            host = id + ".partner.example";
            for (String name : List.of(namespace, gateway)) {
                apply("""
                        apiVersion: v1
                        kind: Namespace
                        metadata: {name: %s, labels: {istio.io/dataplane-mode: ambient}}
                        """.formatted(name));
            }
            apply("""
                    apiVersion: gateway.networking.k8s.io/v1
                    kind: Gateway
                    metadata: {name: egress, namespace: GATEWAY}
                    spec: {gatewayClassName: istio-waypoint, listeners: [{name: mesh, port: 15008, protocol: HBONE}]}
                    """);
            apply("""
                    apiVersion: networking.istio.io/v1
                    kind: ServiceEntry
                    metadata: {name: shared, namespace: GATEWAY}
                    spec: {hosts: [HOST], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                    """);
            apply("""
                    apiVersion: v1
                    kind: ServiceAccount
                    metadata: {name: app, namespace: NAMESPACE}
                    """);
            fixtures.owner
                    .sql("insert into team_namespace (team_id, cluster_id, namespace) values (1, 1, :namespace)")
                    .param("namespace", namespace)
                    .update();
            destination(id, gateway);
            app = fixtures.apps.register(
                    Fixtures.MEMBER, new Apps.NewApp("team-namespace", "sandbox", namespace, "app", ""));
            Issued issued = issuer.issue(wish);
            // a certificate that has expired meanwhile was given in while it was valid
            if (wish.notAfter().isBefore(Instant.now())) {
                fixtures.intakeAt(wish.notAfter().minus(Duration.ofMinutes(1)));
            }
            try {
                request = fixtures.submit.submit(
                        Fixtures.MEMBER,
                        new NewRequest(
                                RequestKind.CREATE_IDENTITY,
                                app.publicId(),
                                id,
                                CertificateSubmission.of(
                                        issued.chainPem(), issued.keyPem(), fixtures.partner.certificatePem()),
                                "a test asks"));
            } finally {
                fixtures.intakeNow();
            }
            identity = fixtures.requests.find(Fixtures.ADMIN, request).summary().identityId();
        }

        void destination(String slug, String through) {
            fixtures.gateways.register(
                    Fixtures.ADMIN,
                    new Gateways.NewGateway("sandbox", "egress", through, "egress", Placement.TEAM_NAMESPACE));
            fixtures.destinations.register(
                    Fixtures.ADMIN,
                    new Destinations.NewDestination(
                            slug, slug, "sandbox", through + "/egress", host, 443, 80, "shared", Optional.empty(), 1));
        }

        void apply(String yaml) {
            fixtures.cluster.resource(object(yaml)).fieldManager("somebody").serverSideApply();
        }

        void status(String kind, String name, String type, String status) {
            GenericKubernetesResource object = object("""
                    apiVersion: %s
                    kind: %s
                    metadata: {name: %s, namespace: GATEWAY}
                    status: {conditions: [{type: %s, status: "%s", reason: Because, message: a test says so, lastTransitionTime: "2026-01-01T00:00:00Z"}]}
                    """.formatted(
                            kind.equals("Gateway") ? "gateway.networking.k8s.io/v1" : "networking.istio.io/v1",
                            kind,
                            name,
                            type,
                            status));
            fixtures.cluster
                    .resource(object)
                    .subresource("status")
                    .patch(
                            new PatchContext.Builder()
                                    .withPatchType(PatchType.SERVER_SIDE_APPLY)
                                    .withFieldManager("mesh")
                                    .withForce(true)
                                    .build(),
                            object);
        }

        void remove(String apiVersion, String kind, String inNamespace, String name) {
            fixtures.cluster
                    .genericKubernetesResources(apiVersion, kind)
                    .inNamespace(inNamespace)
                    .withName(name)
                    .delete();
        }

        private GenericKubernetesResource object(String yaml) {
            return Serialization.unmarshal(
                    yaml.replace("NAMESPACE", namespace)
                            .replace("GATEWAY", gateway)
                            .replace("HOST", host)
                            .replace("IDENTITY", String.valueOf(identity)),
                    GenericKubernetesResource.class);
        }
    }

    private final List<String> permitted = new ArrayList<>();
    private final Map<Scenario, RequestDetail> planned = new LinkedHashMap<>();
    private final List<Scenario> scenarios = scenarios();
    private Fixtures fixtures;
    private TestCertificateAuthority issuer;

    private static Wish valid(Duration left) {
        Wish client = Wish.client("CN=app");
        Instant end = Instant.now().plus(left);
        return new Wish(client.subject(), client.keyType(), client.notBefore(), end, client.names(), client.usages());
    }

    /** As long ago as its authority, which was made by this test, lets it. */
    private static Wish expired() {
        Instant now = Instant.now();
        return Wish.client("CN=app").valid(now.minus(Duration.ofMinutes(30)), now.minus(Duration.ofMinutes(10)));
    }

    private static Scenario scenario(CheckCode code, Level level, String words, Consumer<Scene> arrange) {
        return new Scenario(code, level, words, Wish.client("CN=app"), arrange);
    }

    private List<Scenario> scenarios() {
        List<Scenario> all = new ArrayList<>();
        all.add(scenario(CheckCode.CERTIFICATE_VALID, Level.PASSED, "is valid until", _ -> {}));
        all.add(new Scenario(
                CheckCode.CERTIFICATE_VALID, Level.WARNING, "for 19 more days", valid(Duration.ofDays(20)), _ -> {}));
        all.add(new Scenario(CheckCode.CERTIFICATE_VALID, Level.FAILED, "expired", expired(), _ -> {}));
        all.add(scenario(CheckCode.CERTIFICATE_FINDINGS, Level.PASSED, "nothing to warn of", _ -> {}));
        all.add(new Scenario(
                CheckCode.CERTIFICATE_FINDINGS, Level.WARNING, "leaf.", valid(Duration.ofDays(900)), _ -> {}));
        all.add(scenario(CheckCode.KEY_USABLE, Level.PASSED, "belongs to the certificate", _ -> {}));
        all.add(scenario(
                CheckCode.KEY_USABLE,
                Level.FAILED,
                "does not open",
                scene -> fixtures.owner.sql("""
                        update sealed_key set ciphertext = substring(ciphertext for 60) || decode(repeat('00', 80), 'hex')
                        where certificate_id = (select certificate_id from request where public_id = :id)
                        """).param("id", scene.request).update()));
        all.add(scenario(CheckCode.NAMESPACE_EXISTS, Level.PASSED, "exists", _ -> {}));
        all.add(scenario(CheckCode.NAMESPACE_EXISTS, Level.FAILED, "There is no namespace", scene -> {
            fixtures.owner
                    .sql("update app set namespace = 'nowhere' where public_id = :id")
                    .param("id", scene.app.publicId())
                    .update();
        }));
        all.add(scenario(CheckCode.NAMESPACE_AMBIENT, Level.PASSED, "in the ambient mesh", _ -> {}));
        all.add(scenario(CheckCode.NAMESPACE_AMBIENT, Level.WARNING, "has no label", scene -> scene.apply("""
                apiVersion: v1
                kind: Namespace
                metadata: {name: NAMESPACE, labels: {istio.io/dataplane-mode: none}}
                """)));
        all.add(scenario(CheckCode.NAMESPACE_TEAM, Level.PASSED, "belongs to team team-namespace", _ -> {}));
        all.add(scenario(
                CheckCode.NAMESPACE_TEAM,
                Level.FAILED,
                "belongs to no team",
                scene -> fixtures.owner
                        .sql("delete from team_namespace where namespace = :namespace")
                        .param("namespace", scene.namespace)
                        .update()));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_EXISTS, Level.PASSED, "the mesh will know the app as", _ -> {}));
        all.add(scenario(
                CheckCode.SERVICE_ACCOUNT_EXISTS,
                Level.FAILED,
                "There is no service account",
                scene -> fixtures.cluster
                        .serviceAccounts()
                        .inNamespace(scene.namespace)
                        .withName("app")
                        .delete()));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_OWN, Level.PASSED, "is not default", _ -> {}));
        all.add(scenario(CheckCode.SERVICE_ACCOUNT_OWN, Level.FAILED, "as every pod", scene -> {
            // the portal and the database refuse it: this is what would be said of a row from elsewhere
            fixtures.owner
                    .sql("alter table app drop constraint if exists app_service_account_not_default")
                    .update();
            fixtures.owner
                    .sql("update app set service_account = 'default' where public_id = :id")
                    .param("id", scene.app.publicId())
                    .update();
        }));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.PASSED, "No other identity", _ -> {}));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.FAILED, "at the destination", scene -> {
            scene.destination(scene.id + "-twin", scene.gateway + "-twin");
            rival(scene, "(select app_id from identity where public_id = :identity)", scene.id + "-twin");
        }));
        all.add(scenario(CheckCode.PRINCIPAL_UNIQUE, Level.WARNING, "In cluster upstream", scene -> {
            fixtures.owner
                    .sql("update destination set host = :host where slug = 'nginx-upstream'")
                    .param("host", scene.host)
                    .update();
            fixtures.owner.sql("""
                    insert into app (public_id, team_id, cluster_id, namespace, name, service_account, registered_by, registered_at)
                    select 'app_far', team_id, 2, namespace, name, service_account, registered_by, registered_at from app
                    where public_id = :id
                    """).param("id", scene.app.publicId()).update();
            rival(scene, "(select id from app where public_id = 'app_far' and :identity <> '')", "nginx-upstream");
        }));
        all.add(scenario(CheckCode.HOST_UNIQUE, Level.PASSED, "No other ServiceEntry", _ -> {}));
        all.add(scenario(
                CheckCode.HOST_UNIQUE, Level.FAILED, "ServiceEntry default/claims-", scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata: {name: claims-HOST, namespace: default}
                spec: {hosts: [HOST], ports: [{number: 80, name: http, protocol: HTTP}], resolution: DNS}
                """)));
        all.add(scenario(CheckCode.SYNTHETIC_HOST_UNIQUE, Level.PASSED, "No other ServiceEntry", _ -> {}));
        all.add(scenario(CheckCode.SYNTHETIC_HOST_UNIQUE, Level.FAILED, "led astray", scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: ServiceEntry
                metadata:
                  name: astray
                  namespace: GATEWAY
                  # who lies about whose it is gains nothing: only the identity's own names count as its own
                  labels: {app.kubernetes.io/managed-by: waypass}
                  annotations: {waypass.io/identity: IDENTITY}
                spec: {hosts: [app.NAMESPACE.HOST.invalid], ports: [{number: 443, name: https, protocol: HTTPS}], resolution: DNS}
                """)));
        all.add(scenario(CheckCode.NAMES_FIT, Level.PASSED, "of 63", _ -> {}));
        all.add(scenario(CheckCode.GATEWAY_EXISTS, Level.PASSED, "exists", _ -> {}));
        all.add(scenario(
                CheckCode.GATEWAY_EXISTS,
                Level.FAILED,
                "There is no Gateway",
                scene -> scene.remove("gateway.networking.k8s.io/v1", "Gateway", scene.gateway, "egress")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.PASSED,
                "is programmed",
                scene -> scene.status("Gateway", "egress", "Programmed", "True")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.FAILED,
                "Because, “a test says so”",
                scene -> scene.status("Gateway", "egress", "Programmed", "False")));
        all.add(scenario(
                CheckCode.GATEWAY_PROGRAMMED,
                Level.UNKNOWN,
                "Nobody has reported",
                scene -> scene.status("Gateway", "egress", "Programmed", "Unknown")));
        all.add(scenario(CheckCode.GATEWAY_CROSS_NAMESPACE, Level.PASSED, "istiod permits", scene -> {
            permitted.add(scene.gateway + "/egress");
        }));
        all.add(scenario(CheckCode.GATEWAY_CROSS_NAMESPACE, Level.FAILED, "does not permit", scene -> {
            // istiod does not trim
            permitted.add(" " + scene.gateway + "/egress");
        }));
        all.add(scenario(CheckCode.SHARED_SERVICE_ENTRY_EXISTS, Level.PASSED, "claims", _ -> {}));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
                Level.FAILED,
                "There is no ServiceEntry",
                scene -> scene.remove("networking.istio.io/v1", "ServiceEntry", scene.gateway, "shared")));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                Level.PASSED,
                "is bound",
                scene -> scene.status("ServiceEntry", "shared", "istio.io/WaypointBound", "True")));
        all.add(scenario(
                CheckCode.SHARED_SERVICE_ENTRY_BOUND,
                Level.FAILED,
                "calls do not get through",
                scene -> scene.status("ServiceEntry", "shared", "istio.io/WaypointBound", "False")));
        all.add(scenario(CheckCode.SHARED_SERVICE_ENTRY_BOUND, Level.UNKNOWN, "Nobody has reported", _ -> {}));
        all.add(scenario(CheckCode.ROUTE_LIMITS, Level.PASSED, "keeps within", _ -> {}));
        all.add(scenario(CheckCode.ROUTE_UNSHADOWED, Level.PASSED, "No other HTTPRoute", _ -> {}));
        all.add(scenario(
                CheckCode.ROUTE_UNSHADOWED, Level.FAILED, "HTTPRoute default/shadow-", scene -> scene.apply("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: shadow-HOST, namespace: default}
                spec:
                  parentRefs: [{group: networking.istio.io, kind: ServiceEntry, name: shared, namespace: GATEWAY}]
                  rules: [{backendRefs: [{group: networking.istio.io, kind: Hostname, name: elsewhere.test, port: 80}]}]
                """)));
        all.add(scenario(CheckCode.CREDENTIAL_UNSHARED, Level.PASSED, "No other DestinationRule", _ -> {}));
        all.add(scenario(
                CheckCode.CREDENTIAL_UNSHARED,
                Level.FAILED,
                "DestinationRule default/thief-",
                scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: thief-HOST, namespace: default}
                spec: {host: elsewhere.test, trafficPolicy: {tls: {mode: MUTUAL, credentialName: NAMESPACE/app-client-mtls-secret}}}
                """)));
        all.add(scenario(CheckCode.OBJECT_FOREIGN, Level.PASSED, "belongs to somebody else", _ -> {}));
        all.add(scenario(
                CheckCode.OBJECT_FOREIGN, Level.FAILED, "somebody wrote it, moments ago", scene -> scene.apply("""
                apiVersion: v1
                kind: Secret
                metadata: {name: app-client-mtls-secret, namespace: NAMESPACE, labels: {made: by-hand}}
                """)));
        all.add(scenario(CheckCode.FIELD_CONFLICT, Level.PASSED, "No other field manager", _ -> {}));
        all.add(scenario(
                CheckCode.FIELD_CONFLICT,
                Level.FAILED,
                "somebody owns the field .spec.host",
                scene -> scene.apply("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: app-SLUG-mesh-external-dr
                  namespace: NAMESPACE
                  labels: {app.kubernetes.io/managed-by: waypass}
                  annotations: {waypass.io/identity: IDENTITY}
                spec: {host: elsewhere.test}
                """.replace("SLUG", scene.id))));
        all.add(scenario(CheckCode.DRY_RUN_ACCEPTED, Level.PASSED, "would accept all 6 objects", _ -> {}));
        all.add(scenario(CheckCode.DRY_RUN_ACCEPTED, Level.FAILED, "no routes here", this::forbidRoutes));
        all.add(scenario(CheckCode.INVENTORY_WATCHED, Level.PASSED, "watches everything", _ -> {}));
        return all;
    }

    private void rival(Scene scene, String app, String destination) {
        fixtures.owner
                .sql(
                        "insert into identity (public_id, app_id, destination_id, secret_name, desired_revision, created_at) values ('idn_"
                                + scene.id + "', " + app
                                + ", (select id from destination where slug = :slug), 'x', 1, now())")
                .param("identity", scene.identity)
                .param("slug", destination)
                .update();
    }

    /** What a platform's own admission policy may do. */
    private void forbidRoutes(Scene scene) {
        scene.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicy
                metadata: {name: no-routes}
                spec:
                  matchConstraints:
                    resourceRules: [{apiGroups: [gateway.networking.k8s.io], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [httproutes]}]
                    namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}
                  validations: [{expression: "false", message: no routes here}]
                """);
        scene.apply("""
                apiVersion: admissionregistration.k8s.io/v1
                kind: ValidatingAdmissionPolicyBinding
                metadata: {name: no-routes}
                spec: {policyName: no-routes, validationActions: [Deny]}
                """);
        Awaitility.await("the policy is in force")
                .ignoreExceptionsMatching(_ -> true)
                .until(() -> {
                    try {
                        scene.apply("""
                        apiVersion: gateway.networking.k8s.io/v1
                        kind: HTTPRoute
                        metadata: {name: trial, namespace: NAMESPACE}
                        spec: {hostnames: [trial.test]}
                        """);
                        return false;
                    } catch (io.fabric8.kubernetes.client.KubernetesClientException refused) {
                        return String.valueOf(refused.getMessage()).contains("no routes here");
                    }
                });
    }

    @BeforeAll
    void plan(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.letSeeIstiod();
        issuer = fixtures.clients.intermediate("CN=Issuing CA");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        Map<Scenario, Scene> scenes = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            Scene scene = new Scene(scenes.size(), scenario.wish());
            scenario.arrange().accept(scene);
            scenes.put(scenario, scene);
        }
        fixtures.istiod("""
                - {name: PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS, value: "%s"}""".formatted(String.join(",", permitted)));
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            scenes.forEach((scenario, scene) -> planned.put(
                    scenario,
                    Awaitility.await(scenario.toString())
                            .until(
                                    () -> fixtures.requests.find(Fixtures.ADMIN, scene.request),
                                    found -> found.summary().status() != RequestStatus.PLANNING)));
        }
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @ParameterizedTest
    @MethodSource("all")
    void saysWhatItFound(Scenario scenario) {
        RequestDetail request = planned.get(scenario);
        List<PlanCheck> checks = request.plan().orElseThrow().checks();

        assertThat(checks)
                .filteredOn(check -> check.code().equals(scenario.code().value()))
                .as("%s", checks)
                .anySatisfy(check -> {
                    assertThat(check.level()).isEqualTo(scenario.level());
                    assertThat(check.message()).contains(scenario.words());
                    assertThat(check.toDo().isEmpty()).isEqualTo(scenario.level() == Level.PASSED);
                });
        boolean obstacle = scenario.level() == Level.FAILED && scenario.code().required();
        assertThat(request.summary().status())
                .as("a required check that failed makes the request invalid, nothing else does")
                .isEqualTo(obstacle ? RequestStatus.INVALID : RequestStatus.PENDING);
        if (obstacle) {
            assertThat(request.summary().statusMessage().orElseThrow()).contains(scenario.words());
        }
    }

    List<Scenario> all() {
        return scenarios;
    }

    @Test
    void aPlanAnswersEveryCheck() {
        Plan plan = planned.get(scenarios.getFirst()).plan().orElseThrow();

        assertThat(plan.checks())
                .extracting(PlanCheck::code)
                .containsExactlyInAnyOrderElementsOf(java.util.Arrays.stream(CheckCode.values())
                        .map(CheckCode::value)
                        .toList());
    }

    @Test
    void everyCheckIsSeenToPassAndNotTo() {
        Map<CheckCode, Set<Level>> seen = scenarios.stream()
                .collect(
                        Collectors.groupingBy(Scenario::code, Collectors.mapping(Scenario::level, Collectors.toSet())));

        for (CheckCode code : CheckCode.values()) {
            assertThat(seen.get(code)).as(code.value()).contains(Level.PASSED);
            if (!ALWAYS_PASSED.contains(code) && !UNKNOWN_WITHOUT_RIGHTS.contains(code)) {
                assertThat(seen.get(code)).as(code.value()).hasSizeGreaterThan(1);
            }
        }
    }

    @Test
    void whatIstiodPermitsIsUnknownWhereItCannotBeSeen() {
        fixtures.istiod("""
                - {name: PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS, valueFrom: {configMapKeyRef: {name: x, key: y}}}""");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            Scene scene = new Scene(900, Wish.client("CN=unseen"));
            assertThat(crossNamespace(scene)).satisfies(check -> {
                assertThat(check.level()).isEqualTo(Level.UNKNOWN);
                assertThat(check.message()).contains("from somewhere else");
            });
        }
    }

    private PlanCheck crossNamespace(Scene scene) {
        return Awaitility.await()
                .until(
                        () -> fixtures.requests.find(Fixtures.ADMIN, scene.request),
                        found -> found.summary().status() == RequestStatus.PENDING)
                .plan()
                .orElseThrow()
                .checks()
                .stream()
                .filter(check -> check.code().equals(CheckCode.GATEWAY_CROSS_NAMESPACE.value()))
                .findFirst()
                .orElseThrow();
    }
}
