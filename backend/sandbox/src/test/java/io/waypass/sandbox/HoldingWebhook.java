package io.waypass.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.admission.v1.AdmissionReviewBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfigurationBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An admission webhook that holds the first real creation it is asked about, so that a test knows for certain that the
 * applier is between two objects. Dry runs pass.
 */
final class HoldingWebhook implements AutoCloseable {

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final TestCertificateAuthority authority;
    private final String kind;
    private final CountDownLatch held = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger dryRuns = new AtomicInteger();

    private HoldingWebhook(HttpsServer server, TestCertificateAuthority authority, String kind) {
        this.server = server;
        this.authority = authority;
        this.kind = kind;
    }

    /** @param kind of the objects whose creation it holds */
    static HoldingWebhook start(String kind) throws IOException {
        TestCertificateAuthority authority = TestCertificateAuthority.root("CN=Webhook CA");
        SSLContext tls = PartnerServer.context(
                authority.issue(Wish.server("CN=webhook", List.of("127.0.0.1"))), List.of(authority.certificate()));
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls));
        HoldingWebhook webhook = new HoldingWebhook(server, authority, kind);
        server.setExecutor(webhook.threads);
        server.createContext("/", webhook::answer);
        server.start();
        return webhook;
    }

    private String url() {
        return "https://127.0.0.1:" + server.getAddress().getPort() + "/";
    }

    private String caBundle() {
        return Base64.getEncoder().encodeToString(authority.certificatePem().getBytes(StandardCharsets.UTF_8));
    }

    /** Has the API server ask it; the result ends that. */
    Closing gate(KubernetesClient cluster) {
        Closing closing = new Closing();
        ValidatingWebhookConfiguration gate = configuration();
        cluster.resource(gate).create();
        closing.add(() -> cluster.resource(gate).delete());
        awaitInForce(cluster);
        return closing;
    }

    /** Routes, too, by which {@link #awaitInForce} sees that it is asked. */
    private ValidatingWebhookConfiguration configuration() {
        return new ValidatingWebhookConfigurationBuilder()
                .withNewMetadata()
                .withName("hold-creations")
                .endMetadata()
                .addNewWebhook()
                .withName("hold.creations.test")
                .withAdmissionReviewVersions("v1")
                .withSideEffects("None")
                .withTimeoutSeconds(30)
                .withFailurePolicy("Fail")
                .withNewClientConfig()
                .withUrl(url())
                .withCaBundle(caBundle())
                .endClientConfig()
                .addNewRule()
                .withApiGroups("gateway.networking.k8s.io", "networking.istio.io", "security.istio.io", "")
                .withApiVersions("v1")
                .withOperations("CREATE")
                .withResources("httproutes", "serviceentries", "destinationrules", "authorizationpolicies", "secrets")
                .endRule()
                .endWebhook()
                .build();
    }

    /** Waits until the API server asks: it reads webhook configurations with a delay. */
    private void awaitInForce(KubernetesClient cluster) {
        GenericKubernetesResource probe = new GenericKubernetesResourceBuilder()
                .withApiVersion("gateway.networking.k8s.io/v1")
                .withKind("HTTPRoute")
                .withNewMetadata()
                .withName("probe")
                .withNamespace("default")
                .endMetadata()
                .addToAdditionalProperties("spec", Map.of("hostnames", List.of("probe.test")))
                .build();
        Awaitility.await("the webhook is asked").until(() -> {
            cluster.resource(probe).dryRun().create();
            return dryRuns.get() > 0;
        });
    }

    void awaitHeld() throws InterruptedException {
        if (!held.await(5, TimeUnit.MINUTES)) {
            throw new AssertionError("nothing was created");
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode request =
                JsonMapper.shared().readTree(exchange.getRequestBody()).path("request");
        boolean dryRun = request.path("dryRun").asBoolean(false);
        boolean allowed =
                dryRun || !request.path("kind").path("kind").asString().equals(kind);
        if (dryRun) {
            dryRuns.incrementAndGet();
        } else if (!allowed) {
            held.countDown();
            try {
                // the API server gives up after 30 s, the most it allows, and refuses the creation as well
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        byte[] body = Serialization.asJson(new AdmissionReviewBuilder()
                        .withNewResponse()
                        .withUid(request.path("uid").asString())
                        .withAllowed(allowed)
                        .withStatus(new StatusBuilder()
                                .withMessage("held by a test")
                                .build())
                        .endResponse()
                        .build())
                .getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, body.length);
        try (var stream = exchange.getResponseBody()) {
            stream.write(body);
        }
    }

    @Override
    public void close() {
        over.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
