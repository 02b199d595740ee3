package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.app.App;
import io.waypass.cluster.DriftPolicy;
import io.waypass.cluster.Flavour;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.testing.RestartablePostgres;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.Fault;
import io.waypass.testing.controlplane.FaultProxy;
import io.waypass.testing.controlplane.Hold;
import io.waypass.testing.junit.PatientWaits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
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

    private RestartablePostgres postgres;
    private Fixtures fixtures;
    private FaultProxy proxy;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        postgres = RestartablePostgres.start(directory);
        fixtures = new Fixtures(directory, postgres.database());
        proxy = FaultProxy.start(fixtures.kubeconfig, directory.resolve("proxy"));
    }

    @AfterAll
    void stop() {
        proxy.close();
        fixtures.close();
        postgres.close();
    }

    @AfterEach
    void mend() {
        proxy.clearFaults();
        proxy.clear();
    }

    @Test
    void isAliveAndReadyWhileTheApiServerIsAway() throws Exception {
        try (ConfigurableApplicationContext context =
                fixtures.starting(WebApplicationType.SERVLET, "sandbox", fixtures.kubeconfig)) {
            Awaitility.await().until(() -> component(context, "cluster").equals("UP"));
            Awaitility.await().until(() -> status(context, "/readiness").equals("UP"));
            fixtures.plane.stopApiServer();
            try {
                assertThat(status(context, "/liveness")).isEqualTo("UP");
                assertThat(status(context, "/readiness")).isEqualTo("UP");
                JsonNode cluster = health(context, "").path("components").path("cluster");
                assertThat(cluster.path("status").asString()).isEqualTo("UNKNOWN");
                assertThat(cluster.at("/details/reason").asString()).isEqualTo("the API server does not answer");
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

            fixtures.clusters.register(Fixtures.ADMIN, "later", "cluster.local", Flavour.UPSTREAM, DriftPolicy.RESTORE);

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

            Awaitility.await().until(this::listener, pid -> pid > 0 && pid != first);
            String request = fixtures.submit(fixtures.app("reconnected"), fixtures.certificate("reconnected"));
            fixtures.await(request, RequestStatus.PENDING);
        }
    }

    @Test
    void givesUpOnAnApiServerThatNeverAnswersAndEndsAllTheSame(@TempDir Path directory) throws Exception {
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
                        .until(
                                () -> fixtures.requests
                                        .find(Fixtures.ADMIN, request)
                                        .summary(),
                                summary -> summary.waitingReason().isPresent());
                assertThat(waiting.waitingReason().orElseThrow())
                        .contains("API server of cluster sandbox does not answer");
                assertThat(waiting.status()).isEqualTo(RequestStatus.PLANNING);
            } finally {
                applier.close();
            }
        }
    }

    @Test
    void isAliveAndNotReadyWhileTheDatabaseIsAway() throws Exception {
        try (ConfigurableApplicationContext context = fixtures.impatientWithItsDatabase()) {
            Awaitility.await().until(() -> status(context, "/readiness").equals("UP"));
            postgres.kill();
            try {
                assertThat(status(context, "/liveness")).isEqualTo("UP");
                assertThat(component(context, "db")).isEqualTo("DOWN");
                assertThat(status(context, "/readiness")).isEqualTo("DOWN");
            } finally {
                postgres.startAgain();
            }
            Awaitility.await().until(() -> status(context, "/readiness").equals("UP"));
            String request = fixtures.submit(fixtures.app("afterwards"), fixtures.certificate("afterwards"));
            fixtures.await(request, RequestStatus.PENDING);
        }
    }

    @Test
    void whoHoldsNothingBesideOneThatWorksIsAsHealthy() throws Exception {
        try (ConfigurableApplicationContext one =
                        fixtures.starting(WebApplicationType.SERVLET, "sandbox", proxy.kubeconfig());
                ConfigurableApplicationContext other =
                        fixtures.starting(WebApplicationType.SERVLET, "sandbox", proxy.kubeconfig())) {
            fixtures.awaitSealingKeyOf("sandbox");
            String request = fixtures.submit(fixtures.app("shared"), fixtures.certificate("shared"));
            fixtures.await(request, RequestStatus.PENDING);
            Hold hold = new Hold();
            proxy.on(Call::isWrite, Fault.hold(hold).times(1));
            fixtures.approve(request);
            hold.awaitReached(PatientWaits.PATIENCE);

            List<JsonNode> work = List.of(work(one), work(other));

            hold.release();
            assertThat(work)
                    .allSatisfy(
                            each -> assertThat(each.path("status").asString()).isEqualTo("UP"));
            assertThat(work)
                    .extracting(each -> each.at("/details/holds").asInt())
                    .containsExactlyInAnyOrder(0, 1);
            assertThat(work)
                    .extracting(each -> each.at("/details/reason").asString())
                    .containsExactlyInAnyOrder("it works", "nothing is due, or others have it");
            fixtures.await(request, RequestStatus.APPLIED);
        }
    }

    @Test
    void stoppedInTheMiddleOfASlowApplyItLetsGoOfItAndAnotherGoesOn() {
        stoppedInTheMiddle("slow", Fault.delay(Duration.ofSeconds(4)));
    }

    @Test
    void stoppedWhileTheApiServerDoesNotAnswerItLetsGoOfTheApplyAndAnotherGoesOn() {
        Hold never = new Hold();
        try {
            stoppedInTheMiddle("dumb", Fault.hold(never));
        } finally {
            never.release();
        }
    }

    private void stoppedInTheMiddle(String name, Fault answers) {
        String request;
        ConfigurableApplicationContext applier = fixtures.applier(proxy.kubeconfig());
        try {
            request = fixtures.submit(fixtures.app(name), fixtures.certificate(name));
            fixtures.await(request, RequestStatus.PENDING);
            FaultProxy.Rule slow = proxy.on(call -> call.name().contains(name), answers);
            fixtures.approve(request);
            Awaitility.await().until(() -> slow.struck() > 0);
        } finally {
            applier.close();
        }
        String identity = fixtures.requests
                .find(Fixtures.ADMIN, request)
                .summary()
                .identity()
                .orElseThrow()
                .identityId();
        assertThat(fixtures.owner
                        .sql("select picked from scheduled_tasks where task_instance = :identity")
                        .param("identity", identity)
                        .query(Boolean.class)
                        .single())
                .as("whether the task is still held by who is gone")
                .isFalse();
        try (ConfigurableApplicationContext _ = fixtures.applier()) {
            fixtures.await(request, RequestStatus.APPLIED);
        }
    }

    private static JsonNode work(ConfigurableApplicationContext context) throws Exception {
        return health(context, "").path("components").path("work");
    }

    private int listener() {
        return fixtures.owner
                .sql("select pid from pg_stat_activity where datname = current_database() and query ilike 'listen %'")
                .query(Integer.class)
                .optional()
                .orElse(0);
    }

    private static String status(ConfigurableApplicationContext context, String probe) throws Exception {
        return health(context, probe).path("status").asString();
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
