package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.waypass.destination.Destinations.NewDestination;
import io.waypass.request.RequestStatus;
import io.waypass.testing.controlplane.ControlPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The guard rails' ConfigMap follows the catalogue; the applier has the rights of the chart's Role. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuardRailsCatalogueIT {

    private static final Duration NEVER = Duration.ofDays(1);

    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        fixtures.cluster
                .resource(new NamespaceBuilder()
                        .withNewMetadata()
                        .withName("waypass-system")
                        .endMetadata()
                        .build())
                .create();
        fixtures.rights.letGrantIn("waypass-system", "waypass-applier", ClusterRights.catalogueRules());
        try (var client = ControlPlane.client(fixtures.kubeconfig)) {
            // a new binding is in force within moments
            Awaitility.await()
                    .ignoreExceptions()
                    .until(() -> client.configMaps()
                                    .inNamespace("waypass-system")
                                    .withName("waypass-guard-rails")
                                    .get()
                            == null);
        }
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    private Resource<ConfigMap> configMap() {
        return fixtures.cluster.configMaps().inNamespace("waypass-system").withName("waypass-guard-rails");
    }

    private Map<String, String> entries() {
        return Optional.ofNullable(configMap().get()).map(ConfigMap::getData).orElse(Map.of());
    }

    @Test
    void itIsThereSoonAfterTheStartAndHasTheDestinationsOfThisClusterAlone() {
        try (ConfigurableApplicationContext _ = fixtures.applierWithGuardRails(NEVER)) {
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));

            assertThat(entries())
                    .containsOnlyKeys(
                            "my-nginx.foo.bar",
                            ".foo.bar",
                            ".bar",
                            "_gateway.istio-egress.egress-waypoint",
                            "_gateway-namespace.istio-egress")
                    .containsEntry("my-nginx.foo.bar", "nginx");
        }
    }

    @Test
    void aDestinationIsGuardedFromItsRegistrationToItsRemoval() {
        try (ConfigurableApplicationContext _ = fixtures.applierWithGuardRails(NEVER)) {
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));

            fixtures.destinations.register(
                    Fixtures.ADMIN,
                    new NewDestination(
                            "bank",
                            "Bank",
                            "sandbox",
                            "istio-egress/egress-waypoint",
                            "api.bank.example",
                            443,
                            80,
                            "bank-se",
                            Optional.empty(),
                            1));
            Awaitility.await().until(() -> entries().containsKey("api.bank.example"));

            fixtures.destinations.remove(Fixtures.ADMIN, "bank");
            Awaitility.await().until(() -> !entries().containsKey("api.bank.example"));
            assertThat(entries()).containsKey("my-nginx.foo.bar").doesNotContainKey(".example");
        }
    }

    @Test
    void whatSomebodyChangesOrDeletesComesBack() {
        try (ConfigurableApplicationContext _ = fixtures.applierWithGuardRails(Duration.ofMillis(200))) {
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));

            configMap().edit(found -> {
                found.getData().remove("my-nginx.foo.bar");
                return found;
            });
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));

            configMap().delete();
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));
        }
    }

    @Test
    void aRequestIsAppliedAndTheConfigMapWasThereBeforeItsObjects() throws Exception {
        try (ConfigurableApplicationContext _ = fixtures.applierWithGuardRails(NEVER)) {
            Awaitility.await().until(() -> entries().containsKey("my-nginx.foo.bar"));
            configMap().delete();

            fixtures.applied(fixtures.app("guarded"), "nginx");

            assertThat(entries()).containsKey("my-nginx.foo.bar");
        }
    }

    @Test
    void withoutTheRightARequestSaysWhatIsForbiddenAndIsAppliedOnceItIsGranted() throws Exception {
        var binding = fixtures.cluster
                .rbac()
                .roleBindings()
                .inNamespace("waypass-system")
                .withName("waypass-applier");
        binding.delete();
        try (ConfigurableApplicationContext _ = fixtures.applierWithGuardRails(NEVER)) {
            String request = fixtures.submit(fixtures.app("unguarded"), fixtures.certificate("unguarded"));
            fixtures.await(request, RequestStatus.PENDING);
            fixtures.approve(request);
            String words = Awaitility.await()
                    .until(
                            () -> fixtures.requests
                                    .find(Fixtures.ADMIN, request)
                                    .summary(),
                            found -> found.status() == RequestStatus.FAILED)
                    .statusMessage()
                    .orElseThrow();
            assertThat(words)
                    .contains("ConfigMap waypass-system/waypass-guard-rails", "cannot get resource \"configmaps\"");

            fixtures.rights.letGrantIn("waypass-system", "waypass-applier", ClusterRights.catalogueRules());
            fixtures.await(request, RequestStatus.APPLIED);
        }
    }
}
