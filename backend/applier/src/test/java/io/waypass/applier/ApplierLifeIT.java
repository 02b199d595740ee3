package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.app.App;
import io.waypass.directory.Flavour;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** How the applier starts, ends, and stands while what it needs is away. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class ApplierLifeIT {

    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @Test
    void isAliveAndReadyWhileTheApiServerIsAway() throws Exception {
        try (ConfigurableApplicationContext context =
                fixtures.starting(WebApplicationType.SERVLET, "sandbox", fixtures.kubeconfig)) {
            assertThat(component(context, "cluster")).isEqualTo("UP");
            fixtures.plane.stopApiServer();
            try {
                assertThat(health(context, "/liveness").path("status").asString())
                        .isEqualTo("UP");
                assertThat(health(context, "/readiness").path("status").asString())
                        .isEqualTo("UP");
                assertThat(component(context, "cluster")).isEqualTo("UNKNOWN");
                assertThat(component(context, "db")).isEqualTo("UP");
            } finally {
                fixtures.plane.startApiServer();
            }
        }
    }

    @Test
    void saysOnceThatItsClusterIsNotRegisteredAndPublishesItsKeyWhenItIs(CapturedOutput output) {
        try (ConfigurableApplicationContext _ =
                fixtures.starting(WebApplicationType.NONE, "later", fixtures.kubeconfig)) {
            Awaitility.await().until(() -> output.getOut().contains("Cluster later is not registered yet"));

            fixtures.directoryOfTeams.registerCluster(Fixtures.ADMIN, "later", "cluster.local", Flavour.UPSTREAM);

            fixtures.awaitSealingKeyOf("later");
            assertThat(output.getOut()).containsOnlyOnce("Cluster later is not registered yet");
        }
    }

    @Test
    void listensAgainAfterTheDatabaseHasCutItOff() {
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            Awaitility.await().until(() -> listener() > 0);
            int first = listener();

            fixtures.owner
                    .sql("select pg_terminate_backend(:pid)")
                    .param("pid", first)
                    .query(Boolean.class)
                    .single();

            Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::listener, pid -> pid > 0 && pid != first);
            String request = fixtures.submit(fixtures.app("reconnected"), fixtures.certificate("reconnected"));
            fixtures.await(request, RequestStatus.PENDING);
        }
    }

    @Test
    void givesUpOnAnApiServerThatNeverAnswersAndEndsInTime(@TempDir Path directory) throws Exception {
        App app = fixtures.app("hanging");
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Path kubeconfig = directory.resolve("silent.kubeconfig");
            Files.writeString(
                    kubeconfig,
                    Files.readString(fixtures.kubeconfig)
                            .replace(fixtures.plane.address(), "https://127.0.0.1:" + silent.getLocalPort()));
            ConfigurableApplicationContext applier = fixtures.applier(kubeconfig);
            try {
                String request = fixtures.submit(app, fixtures.certificate("hanging"));
                RequestSummary waiting = Awaitility.await()
                        .atMost(Duration.ofSeconds(20))
                        .until(
                                () -> fixtures.requests
                                        .find(Fixtures.ADMIN, request)
                                        .summary(),
                                summary -> summary.waitingReason().isPresent());
                assertThat(waiting.waitingReason().orElseThrow())
                        .contains("API server of cluster sandbox does not answer");
                assertThat(waiting.status()).isEqualTo(RequestStatus.PLANNING);
            } finally {
                long begin = System.nanoTime();
                applier.close();
                assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    private int listener() {
        return fixtures.owner
                .sql("select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'")
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    private static String component(ConfigurableApplicationContext context, String name) throws Exception {
        return health(context, "").path("components").path(name).path("status").asString();
    }

    private static JsonNode health(ConfigurableApplicationContext context, String path) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return JsonMapper.shared()
                    .readTree(client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create("http://127.0.0.1:" + port + "/actuator/health" + path))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body());
        }
    }
}
