package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.PlanScenarios.Scenario;
import io.waypass.applier.plan.PlannedChecks;
import io.waypass.plan.CheckCode;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanCheck;
import io.waypass.plan.PlanCheck.Level;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
            CheckCode.GATEWAY_PRINCIPAL_HEADER,
            CheckCode.SHARED_SERVICE_ENTRY_EXISTS,
            CheckCode.HOST_UNIQUE,
            CheckCode.SYNTHETIC_HOST_UNIQUE,
            CheckCode.ROUTE_UNSHADOWED,
            CheckCode.CREDENTIAL_UNSHARED,
            CheckCode.INVENTORY_WATCHED);

    /** No input reaches these limits, since names are shortened; {@code ManifestChecksTests} shows what they say. */
    private static final Set<CheckCode> ALWAYS_PASSED = EnumSet.of(CheckCode.NAMES_FIT, CheckCode.ROUTE_LIMITS);

    /** All requests are about the one istiod; {@link #anotherIstiodIsTold} has another. */
    private static final Set<CheckCode> OF_ISTIOD = EnumSet.of(CheckCode.ISTIOD_FLAVOUR);

    private final PlanScenarios table = new PlanScenarios();
    private final Map<Scenario, RequestDetail> planned = new LinkedHashMap<>();
    private final List<Scenario> scenarios = table.all();
    private Fixtures fixtures;
    private TestCertificateAuthority issuer;

    @BeforeAll
    void plan(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.rights.letSeeIstiod();
        issuer = fixtures.clients.intermediate("CN=Issuing CA");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.awaitSealingKeyOf("sandbox");
        }
        Map<Scenario, PlanScene> scenes = new LinkedHashMap<>();
        for (Scenario scenario : scenarios) {
            PlanScene scene = new PlanScene(fixtures, issuer, scenes.size(), scenario.wish());
            scenario.arrange().accept(scene);
            scenes.put(scenario, scene);
        }
        fixtures.rights.istiod("""
                - {name: PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS, value: "%s"}""".formatted(String.join(",", table.permitted())));
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
                .containsExactlyInAnyOrderElementsOf(PlannedChecks.ofIdentities().stream()
                        .map(CheckCode::value)
                        .toList());
    }

    @Test
    void everyCheckIsSeenToPassAndNotTo() {
        Map<CheckCode, Set<Level>> seen = scenarios.stream()
                .collect(
                        Collectors.groupingBy(Scenario::code, Collectors.mapping(Scenario::level, Collectors.toSet())));

        for (CheckCode code : PlannedChecks.ofIdentities()) {
            assertThat(seen.get(code)).as(code.value()).contains(Level.PASSED);
            if (!ALWAYS_PASSED.contains(code) && !OF_ISTIOD.contains(code) && !UNKNOWN_WITHOUT_RIGHTS.contains(code)) {
                assertThat(seen.get(code)).as(code.value()).hasSizeGreaterThan(1);
            }
        }
    }

    @Test
    void whatIstiodPermitsIsUnknownWhereItCannotBeSeen() {
        fixtures.rights.istiod("""
                - {name: PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS, valueFrom: {configMapKeyRef: {name: x, key: y}}}""");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            PlanScene scene = new PlanScene(fixtures, issuer, 900, Wish.client("CN=unseen"));
            assertThat(check(scene, CheckCode.GATEWAY_CROSS_NAMESPACE)).satisfies(check -> {
                assertThat(check.level()).isEqualTo(Level.UNKNOWN);
                assertThat(check.message()).contains("from somewhere else");
            });
        }
    }

    @Test
    void anotherIstiodIsTold() {
        fixtures.rights.istiod("docker.io/istio/pilot:1.31.1", "- {name: SOME, value: other}");
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            PlanScene scene = new PlanScene(fixtures, issuer, 901, Wish.client("CN=upstream"));
            assertThat(check(scene, CheckCode.ISTIOD_FLAVOUR)).satisfies(check -> {
                assertThat(check.level()).isEqualTo(Level.FAILED);
                assertThat(check.message()).contains("istiod runs docker.io/istio/pilot:1.31.1");
            });
        }
    }

    private PlanCheck check(PlanScene scene, CheckCode code) {
        return Awaitility.await()
                .until(
                        () -> fixtures.requests.find(Fixtures.ADMIN, scene.request),
                        found -> found.summary().status() == RequestStatus.PENDING)
                .plan()
                .orElseThrow()
                .checks()
                .stream()
                .filter(check -> check.code().equals(code.value()))
                .findFirst()
                .orElseThrow();
    }
}
