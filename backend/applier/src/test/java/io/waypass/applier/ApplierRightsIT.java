package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.app.App;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.inventory.IstiodSighting;
import io.waypass.applier.plan.Planner;
import io.waypass.applier.reconcile.DriftWatcher;
import io.waypass.certificate.CertificateIntake;
import io.waypass.plan.PlanCheck;
import io.waypass.reconcile.PlanJob;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

/** The chart gives the applier what it needs (the other tests run with it) and no right that it could do without. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApplierRightsIT {

    /** Which checks cannot be made without which right; what is not here keeps an object from being tried. */
    private static final Map<String, Set<String>> READ_BY = Map.ofEntries(
            Map.entry("namespaces get", Set.of("namespace.exists")),
            Map.entry("namespaces list", Set.of("inventory.watched")),
            Map.entry("namespaces watch", Set.of("inventory.watched")),
            Map.entry("serviceaccounts get", Set.of("service-account.exists")),
            Map.entry("serviceaccounts list", Set.of("inventory.watched")),
            Map.entry("serviceaccounts watch", Set.of("inventory.watched")),
            Map.entry("gateways get", Set.of("gateway.exists")),
            Map.entry("gateways list", Set.of("inventory.watched")),
            Map.entry("gateways watch", Set.of("inventory.watched")),
            Map.entry("customresourcedefinitions list", Set.of("host.unique", "synthetic-host.unique")),
            Map.entry("customresourcedefinitions watch", Set.of("host.unique", "synthetic-host.unique")),
            Map.entry("xbackends list", Set.of("host.unique", "synthetic-host.unique")),
            Map.entry("xbackends watch", Set.of("host.unique", "synthetic-host.unique")),
            Map.entry("envoyfilters list", Set.of("gateway.principal-header", "inventory.watched")),
            Map.entry("envoyfilters watch", Set.of("gateway.principal-header", "inventory.watched")),
            Map.entry("serviceentries get", Set.of("shared-service-entry.exists", "dry-run.accepted")),
            Map.entry("serviceentries list", Set.of("host.unique", "synthetic-host.unique", "inventory.watched")),
            Map.entry("serviceentries watch", Set.of("host.unique", "synthetic-host.unique", "inventory.watched")),
            Map.entry("destinationrules list", Set.of("credential.unshared", "inventory.watched")),
            Map.entry("destinationrules watch", Set.of("credential.unshared", "inventory.watched")),
            Map.entry("httproutes list", Set.of("route.unshadowed", "inventory.watched")),
            Map.entry("httproutes watch", Set.of("route.unshadowed", "inventory.watched")));

    /** A verb on a resource, in the whole cluster or in one namespace. */
    record Right(String resource, String verb, String in) {
        Right(String resource, String verb) {
            this(resource, verb, "");
        }

        Right beside(String namespace) {
            return new Right(resource, verb, namespace);
        }

        @Override
        public String toString() {
            return verb + " " + resource + (in.isEmpty() ? "" : " in " + in);
        }
    }

    private Fixtures fixtures;
    private Path directory;
    private PlanJob job;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        fixtures = new Fixtures(directory);
        fixtures.rights.letSeeIstiod();
        fixtures.rights.haveBackends();
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        String request = fixtures.submit(fixtures.app("rights"), fixtures.certificate("rights"));
        job = fixtures.stores.planning().takeUp(request).orElseThrow();
    }

    @AfterAll
    void stop() {
        fixtures.rights.haveNoBackends();
        fixtures.close();
    }

    @Test
    void withTheChartsRightsNothingIsForbidden() {
        try (KubernetesClient client = ControlPlane.client(fixtures.kubeconfig)) {
            assertThat(forbidden(client)).isEmpty();
        }
    }

    @Test
    void noRightOfTheChartIsLeftUntried() {
        assertThat(Stream.of(
                                planningRights(),
                                watchingRights(),
                                conditionRights(),
                                removingRights(),
                                grantingRights(),
                                orphanRights())
                        .flatMap(rights -> rights)
                        .map(Right::toString))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                rights(rules()), rights(gatewayRules()).map(right -> right.beside("istio-egress")))
                        .map(Right::toString)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("planningRights")
    void withoutThisRightThePlanSaysWhatIsForbidden(Right without) {
        Path kubeconfig = kubeconfigWithout(without);
        Set<String> expected =
                READ_BY.getOrDefault(without.resource() + " " + without.verb(), Set.of("dry-run.accepted"));

        try (KubernetesClient client = ControlPlane.client(kubeconfig)) {
            // a new binding is in force within moments; until then more is forbidden
            Awaitility.await().untilAsserted(() -> assertThat(forbidden(client)).isEqualTo(expected));
        }
    }

    @ParameterizedTest
    @MethodSource("watchingRights")
    void withoutThisRightTheApplierSaysThatItDoesNotWatchWhatItKeeps(Right without) {
        try (KubernetesClient client = ControlPlane.client(kubeconfigWithout(without))) {
            ClusterObjects objects = Fixtures.objects(client);
            Inventory inventory = new Inventory(objects, "", Clock.systemUTC());
            DriftWatcher driftWatcher = new DriftWatcher(
                    objects, inventory, fixtures.stores.reconcile(), fixtures.stores.orphans(), Duration.ofMillis(100));
            driftWatcher.start();
            inventory.start();
            try {
                Awaitility.await()
                        .until(() -> driftWatcher
                                .unwatched()
                                .filter(words -> words.toLowerCase(Locale.ROOT)
                                                .replace("authorizationpolicys", "authorizationpolicies")
                                                .contains("may not watch " + without.resource())
                                        // while not everything was listed yet
                                        && !words.contains("has not seen"))
                                .isPresent());
            } finally {
                driftWatcher.stop();
                inventory.stop();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("conditionRights")
    void withoutThisRightNoIdentityIsSaidToHaveAReadyGateway(Right without) {
        try (KubernetesClient client = ControlPlane.client(kubeconfigWithout(without))) {
            awaitUnwatched(
                    client, "", inventory -> inventory.unwatched(Fact.waypoint("istio-egress", "egress-waypoint")));
        }
    }

    @ParameterizedTest
    @MethodSource("istiodRights")
    void withoutThisRightIstiodIsNotSaidToBeAtWork(Right without) {
        String user = "istiod-without-" + without.verb();
        Path kubeconfig = fixtures.rights.kubeconfig(directory, user, rules());
        fixtures.rights.letGrantIn("istio-system", user, fewer(istiodRules(), without));
        try (KubernetesClient client = ControlPlane.client(kubeconfig)) {
            awaitUnwatched(client, "istio-system", inventory -> switch (inventory.istiod()) {
                case IstiodSighting.Unwatched unwatched -> Optional.of(unwatched.reason());
                default -> Optional.empty();
            });
        }
    }

    private static void awaitUnwatched(
            KubernetesClient client, String istioNamespace, Function<Inventory, Optional<String>> reason) {
        Inventory inventory = new Inventory(Fixtures.objects(client), istioNamespace, Clock.systemUTC());
        inventory.start();
        try {
            Awaitility.await()
                    .until(() -> reason.apply(inventory)
                            .filter(words -> words.contains("may not watch"))
                            .isPresent());
        } finally {
            inventory.stop();
        }
    }

    @ParameterizedTest
    @MethodSource("removingRights")
    void withoutThisRightARetirementFailsAndSaysWhatIsForbidden(Right without) {
        App app = fixtures.app("without-" + without.resource());
        String request;
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.applied(app, "nginx");
            request = fixtures.submitWithout(RequestKind.RETIRE_IDENTITY, app, "nginx");
            fixtures.await(request, RequestStatus.PENDING);
        }
        fixtures.approve(request);

        try (ConfigurableApplicationContext _ = fixtures.applier(kubeconfigWithout(without))) {
            assertThat(refusal(request)).contains("cannot delete resource \"" + without.resource() + "\"");
        }
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.await(request, RequestStatus.APPLIED);
        }
    }

    @ParameterizedTest
    @MethodSource("grantingRights")
    void withoutThisRightTheWaypointIsNotLetAtItsSecretsAndTheRequestSaysWhy(Right without) {
        for (String kind : List.of("Role", "RoleBinding")) {
            fixtures.cluster
                    .genericKubernetesResources("rbac.authorization.k8s.io/v1", kind)
                    .inNamespace("istio-egress")
                    .withName("egress-waypoint-waypass-secrets")
                    .delete();
        }
        try (ConfigurableApplicationContext _ =
                fixtures.starting(WebApplicationType.NONE, "upstream", kubeconfigWithout(without))) {
            fixtures.awaitSealingKeyOf("upstream");
            App app = fixtures.app(("no-" + without.verb() + "-" + without.resource()), "upstream");
            String request = fixtures.submit(app, "nginx-upstream", fixtures.certificate(app.name()));
            RequestDetail planned = Awaitility.await()
                    .until(
                            () -> fixtures.requests.find(Fixtures.ADMIN, request),
                            found -> found.summary().status() != RequestStatus.PLANNING);
            if (planned.summary().status() == RequestStatus.PENDING) {
                fixtures.approve(request);
            }
            assertThat(refusal(request))
                    .contains("cannot " + without.verb() + " resource \"" + without.resource() + "\"");
        }
    }

    @ParameterizedTest
    @MethodSource("orphanRights")
    void withoutThisRightWhatLetsAWaypointAtSecretsIsNotCleanedAway(Right without) {
        String kind = without.resource().equals("roles") ? "Role" : "RoleBinding";
        ObjectKey key = new ObjectKey("rbac.authorization.k8s.io/v1", kind, "istio-egress", "left-over");
        try (KubernetesClient client = ControlPlane.client(kubeconfigWithout(without))) {
            fixtures.cluster
                    .resource(new RoleBuilder()
                            .withNewMetadata()
                            .withName("left-over")
                            .withNamespace("istio-egress")
                            .endMetadata()
                            .build())
                    .serverSideApply();
            fixtures.cluster
                    .resource(new RoleBindingBuilder()
                            .withNewMetadata()
                            .withName("left-over")
                            .withNamespace("istio-egress")
                            .endMetadata()
                            .withNewRoleRef("rbac.authorization.k8s.io", "Role", "left-over")
                            .build())
                    .serverSideApply();
            ClusterObjects objects = Fixtures.objects(client);
            LiveObject leftOver = objects.get(key).orElseThrow();

            Awaitility.await()
                    .untilAsserted(() -> assertThatExceptionOfType(ApiServerRefused.class)
                            .isThrownBy(() -> objects.remove(leftOver, true))
                            .satisfies(refusal -> assertThat(refusal.words())
                                    .contains("cannot delete resource \"" + without.resource() + "\"")));
        }
    }

    /** What a request that was refused says; it is tried again for ever, and may be so at this moment. */
    private String refusal(String request) {
        return Awaitility.await()
                .until(
                        () -> fixtures.requests.find(Fixtures.ADMIN, request).summary(),
                        found -> (found.status() == RequestStatus.INVALID || found.status() == RequestStatus.FAILED)
                                && found.statusMessage()
                                        .filter(words -> words.contains("forbidden"))
                                        .isPresent())
                .statusMessage()
                .orElseThrow();
    }

    private Path kubeconfigWithout(Right without) {
        String user = "without-" + without.verb() + "-" + without.resource();
        Path kubeconfig =
                fixtures.rights.kubeconfig(directory, user, without.in().isEmpty() ? fewer(rules(), without) : rules());
        fixtures.rights.letGrantIn(
                "istio-egress", user, without.in().isEmpty() ? gatewayRules() : fewer(gatewayRules(), without));
        return kubeconfig;
    }

    private static List<PolicyRule> fewer(List<PolicyRule> rules, Right without) {
        return rules.stream()
                .map(rule ->
                        rule.getResources().contains(without.resource()) ? withoutVerb(rule, without) : List.of(rule))
                .flatMap(List::stream)
                .toList();
    }

    private static List<PolicyRule> withoutVerb(PolicyRule rule, Right without) {
        List<String> others = rule.getResources().stream()
                .filter(resource -> !resource.equals(without.resource()))
                .toList();
        List<String> verbs = rule.getVerbs().stream()
                .filter(verb -> !verb.equals(without.verb()))
                .toList();
        return Stream.of(
                        rule.edit().withResources(others).build(),
                        rule.edit()
                                .withResources(without.resource())
                                .withVerbs(verbs)
                                .build())
                .filter(each ->
                        !each.getResources().isEmpty() && !each.getVerbs().isEmpty())
                .toList();
    }

    private Set<String> forbidden(KubernetesClient client) {
        Clock clock = Clock.systemUTC();
        ClusterObjects objects = Fixtures.objects(client);
        Inventory inventory = new Inventory(objects, "", Clock.systemUTC());
        inventory.start();
        try {
            return new Planner(
                            objects,
                            inventory,
                            fixtures.stores.orphans(),
                            new SealingKeysetFile(fixtures.keysetFile).read(),
                            new CertificateIntake(clock),
                            clock)
                    .plan(job).checks().stream()
                            .filter(check ->
                                    check.level() == PlanCheck.Level.FAILED || check.level() == PlanCheck.Level.UNKNOWN)
                            .filter(check ->
                                    check.message().toLowerCase(Locale.ROOT).contains("forbidden"))
                            .map(PlanCheck::code)
                            .collect(Collectors.toCollection(TreeSet::new));
        } finally {
            inventory.stop();
        }
    }

    private static List<PolicyRule> rules() {
        try {
            return ClusterRights.chartRules();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<PolicyRule> istiodRules() {
        try {
            return ClusterRights.istiodRules();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<PolicyRule> gatewayRules() {
        try {
            return ClusterRights.gatewayRules();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<Right> rights(List<PolicyRule> rules) {
        return rules.stream()
                .flatMap(rule -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream().map(verb -> new Right(resource, verb))));
    }

    /** What no plan needs but the conditions after an approval: {@link #withoutThisRightNoIdentityIsSaidToHaveAReadyGateway}. */
    private static final Set<String> WATCHED_FOR_CONDITIONS = Set.of("deployments");

    private static final Set<String> WATCHED_BY_LABEL =
            Set.of("secrets", "authorizationpolicies", "roles", "rolebindings");

    static Stream<Right> planningRights() {
        return rights(rules())
                .filter(right -> !right.verb().equals("delete"))
                .filter(right -> !right.resource().startsWith("role"))
                .filter(right -> !WATCHED_FOR_CONDITIONS.contains(right.resource()))
                .filter(right -> !WATCHED_BY_LABEL.contains(right.resource())
                        || !Set.of("list", "watch").contains(right.verb()));
    }

    static Stream<Right> watchingRights() {
        return rights(rules())
                .filter(right -> WATCHED_BY_LABEL.contains(right.resource())
                        && Set.of("list", "watch").contains(right.verb()));
    }

    static Stream<Right> conditionRights() {
        return rights(rules()).filter(right -> WATCHED_FOR_CONDITIONS.contains(right.resource()));
    }

    /** Of the Role in istiod's namespace. */
    static Stream<Right> istiodRights() {
        return rights(istiodRules());
    }

    static Stream<Right> removingRights() {
        return rights(rules()).filter(right -> right.verb().equals("delete"));
    }

    static Stream<Right> grantingRights() {
        return Stream.concat(
                rights(rules())
                        .filter(right -> right.resource().startsWith("role")
                                && right.verb().equals("get")),
                rights(gatewayRules())
                        .filter(right -> !right.verb().equals("delete"))
                        .map(right -> right.beside("istio-egress")));
    }

    static Stream<Right> orphanRights() {
        return rights(gatewayRules())
                .filter(right -> right.verb().equals("delete"))
                .map(right -> right.beside("istio-egress"));
    }
}
