package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.inventory.Inventory;
import io.waypass.applier.plan.Planning;
import io.waypass.certificate.CertificateIntake;
import io.waypass.request.PlanCheck;
import io.waypass.request.RequestWork.PlanJob;
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
import java.util.Set;
import java.util.TreeSet;
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
            Map.entry("serviceentries get", Set.of("shared-service-entry.exists", "dry-run.accepted")),
            Map.entry("serviceentries list", Set.of("host.unique", "synthetic-host.unique", "inventory.watched")),
            Map.entry("serviceentries watch", Set.of("host.unique", "synthetic-host.unique", "inventory.watched")),
            Map.entry("destinationrules list", Set.of("credential.unshared", "inventory.watched")),
            Map.entry("destinationrules watch", Set.of("credential.unshared", "inventory.watched")),
            Map.entry("httproutes list", Set.of("route.unshadowed", "inventory.watched")),
            Map.entry("httproutes watch", Set.of("route.unshadowed", "inventory.watched")));

    record Right(String resource, String verb) {
        @Override
        public String toString() {
            return verb + " " + resource;
        }
    }

    private Fixtures fixtures;
    private Path directory;
    private PlanJob job;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        this.directory = directory;
        fixtures = new Fixtures(directory);
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        String request = fixtures.submit(fixtures.app("rights"), fixtures.certificate("rights"));
        job = fixtures.requestWork().planJob(request).orElseThrow();
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @Test
    void withTheChartsRightsNothingIsForbidden() {
        try (KubernetesClient client = ControlPlane.client(fixtures.kubeconfig)) {
            assertThat(forbidden(client)).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("rights")
    void withoutThisRightThePlanSaysWhatIsForbidden(Right without) {
        List<PolicyRule> fewer = rules().stream()
                .map(rule ->
                        rule.getResources().contains(without.resource()) ? withoutVerb(rule, without) : List.of(rule))
                .flatMap(List::stream)
                .toList();
        String user = "without-" + without.verb() + "-" + without.resource();
        Path kubeconfig = fixtures.kubeconfig(directory, user, fewer);
        Set<String> expected =
                READ_BY.getOrDefault(without.resource() + " " + without.verb(), Set.of("dry-run.accepted"));

        try (KubernetesClient client = ControlPlane.client(kubeconfig)) {
            // a new binding is in force within moments; until then more is forbidden
            Awaitility.await()
                    .atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(forbidden(client)).isEqualTo(expected));
        }
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
        ClusterObjects objects = new ClusterObjects(client);
        Inventory inventory = new Inventory(objects, "");
        inventory.start();
        try {
            return new Planning(
                            objects,
                            inventory,
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
            return Fixtures.chartRules();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Right> rights() {
        return rules().stream()
                .flatMap(rule -> rule.getResources().stream()
                        .flatMap(resource -> rule.getVerbs().stream().map(verb -> new Right(resource, verb))));
    }
}
