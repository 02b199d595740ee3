package io.waypass.applier;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionResponseBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReviewBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.Ports;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;

/**
 * A validating webhook as istiod's: asked about each creation and change of Istio's kinds, dry runs included, and nothing is written that
 * it does not allow (failurePolicy Fail; 10 seconds, the default). A test breaks and mends it.
 */
final class UnreliableWebhook implements AutoCloseable {

    static final String NAME = "rev.validation.test";

    /** What it does with a call. */
    enum Mode {
        ALLOWS,
        NOBODY_LISTENS,
        ANSWERS_500,
        HANGS,
        DENIES_WITH_503
    }

    private final KubernetesClient cluster;
    private final int port = Ports.free(1).getFirst();
    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=Webhook CA");
    private final SSLContext tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final ObjectMapper json = new ObjectMapper();
    private final ValidatingWebhookConfiguration configuration;
    private volatile Mode mode = Mode.NOBODY_LISTENS;
    private volatile CountDownLatch held = new CountDownLatch(1);
    private Optional<HttpsServer> server = Optional.empty();

    private UnreliableWebhook(KubernetesClient cluster) {
        this.cluster = cluster;
        tls = PartnerServer.context(
                authority.issue(Wish.server("CN=webhook", List.of("127.0.0.1"))), List.of(authority.certificate()));
        configuration = new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("validation-test")
                .endMetadata()
                .addNewWebhook()
                .withName(NAME)
                .withFailurePolicy("Fail")
                .withSideEffects("None")
                .withTimeoutSeconds(10)
                .withAdmissionReviewVersions("v1")
                .withNewClientConfig()
                .withUrl("https://127.0.0.1:" + port + "/validate")
                .withCaBundle(Base64.getEncoder()
                        .encodeToString(authority.certificatePem().getBytes(StandardCharsets.UTF_8)))
                .endClientConfig()
                .addNewRule()
                .withApiGroups("networking.istio.io", "security.istio.io")
                .withApiVersions("*")
                .withOperations("CREATE", "UPDATE")
                .withResources("*")
                .endRule()
                .endWebhook()
                .build();
    }

    /** Starts a webhook that allows everything, and waits until the API server asks it. */
    static UnreliableWebhook install(KubernetesClient cluster) {
        UnreliableWebhook webhook = new UnreliableWebhook(cluster);
        cluster.resource(webhook.configuration).create();
        Awaitility.await("the API server asks the webhook").until(() -> !webhook.isDryRunAccepted());
        webhook.become(Mode.ALLOWS);
        return webhook;
    }

    /** Breaks or mends it; calls in progress end. */
    synchronized void become(Mode next) {
        mode = next;
        held.countDown();
        held = new CountDownLatch(1);
        if (next == Mode.NOBODY_LISTENS) {
            server.ifPresent(running -> running.stop(0));
            server = Optional.empty();
        } else if (server.isEmpty()) {
            server = Optional.of(listen());
        }
    }

    private HttpsServer listen() {
        try {
            HttpsServer started = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            started.setHttpsConfigurator(new HttpsConfigurator(tls));
            started.setExecutor(threads);
            started.createContext("/", this::answer);
            started.start();
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request = json.readTree(exchange.getRequestBody()).path("request");
        switch (mode) {
            case ALLOWS -> review(exchange, request, new AdmissionResponseBuilder().withAllowed(true));
            case DENIES_WITH_503 ->
                review(
                        exchange,
                        request,
                        new AdmissionResponseBuilder()
                                .withAllowed(false)
                                .withStatus(new StatusBuilder()
                                        .withCode(503)
                                        .withMessage("not now")
                                        .build()));
            case ANSWERS_500 -> exchange.sendResponseHeaders(500, -1);
            case HANGS -> {
                try {
                    held.await();
                } catch (InterruptedException _) {
                    Thread.currentThread().interrupt();
                }
                exchange.sendResponseHeaders(500, -1);
            }
            case NOBODY_LISTENS -> {}
        }
        exchange.close();
    }

    private static void review(HttpExchange exchange, JsonNode request, AdmissionResponseBuilder verdict)
            throws IOException {
        byte[] body = Serialization.asJson(new AdmissionReviewBuilder()
                        .withResponse(
                                verdict.withUid(request.path("uid").asText()).build())
                        .build())
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
    }

    private boolean isDryRunAccepted() {
        GenericKubernetesResource rule = new GenericKubernetesResource();
        rule.setApiVersion("networking.istio.io/v1");
        rule.setKind("DestinationRule");
        rule.setMetadata(new ObjectMetaBuilder()
                .withName("probe")
                .withNamespace("team-namespace")
                .build());
        rule.setAdditionalProperty("spec", Map.of("host", "probe.test"));
        try {
            cluster.resource(rule).dryRun().create();
            return true;
        } catch (KubernetesClientException refused) {
            return false;
        }
    }

    /** Removes it, and waits until the API server no longer asks it, because suites share an API server. */
    @Override
    public void close() {
        cluster.resource(configuration).delete();
        become(Mode.NOBODY_LISTENS);
        Awaitility.await("the API server asks no webhook").until(this::isDryRunAccepted);
        threads.shutdownNow();
    }
}
