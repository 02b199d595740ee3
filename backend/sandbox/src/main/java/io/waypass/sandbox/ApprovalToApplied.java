package io.waypass.sandbox;

import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Benchmark, on a running sandbox: time from an approval until the objects are applied, read back and recorded. It
 * registers apps {@code timed-…} with certificates of their own, approves their requests one after the other, and
 * prints the median.
 */
public final class ApprovalToApplied {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /**
     * Runs the measurement. System properties: {@code sandbox.dir}, {@code sandbox.approvals} (how many, default 50).
     * The same number runs before and is not counted: a JVM that has just started is slower.
     *
     * @throws IOException if the sandbox's files cannot be read
     */
    public static void main(String[] args) throws IOException {
        Path directory = Path.of(System.getProperty("sandbox.dir", ".waypass"));
        Path file = directory.resolve("sandbox.json");
        if (!Files.exists(file)) {
            System.err.println(file + " is not there. Start the sandbox first: mvn -Psandbox");
            System.exit(1);
        }
        JsonNode sandbox = JsonMapper.shared().readTree(Files.readString(file));
        URI address = URI.create(sandbox.path("address").asString());
        try (KubernetesClient cluster =
                        ControlPlane.client(Path.of(sandbox.path("kubeconfig").asString()));
                PortalApi member = new PortalApi(address, token(sandbox, SandboxPerson.MEMBER), _ -> {});
                PortalApi admin = new PortalApi(address, token(sandbox, SandboxPerson.ADMIN), _ -> {})) {
            ApprovalToApplied measurement = new ApprovalToApplied(cluster, member, admin);
            int approvals = Integer.getInteger("sandbox.approvals", 50);
            System.out.println("Warming up, not counted. " + measurement.measure(approvals));
            System.out.println("Counted. " + measurement.measure(approvals));
        }
    }

    /**
     * Measured times, sorted.
     *
     * @param recorded from the decision to the status {@code applied}, by the portal's timestamps
     * @param seen from sending the approval to seeing {@code applied}, polled every few milliseconds
     */
    record Timing(List<Duration> recorded, List<Duration> seen) {

        Duration median() {
            return at(recorded, 0.5);
        }

        private static Duration at(List<Duration> sorted, double share) {
            return sorted.get((int) Math.min(sorted.size() - 1L, Math.floor(sorted.size() * share)));
        }

        @Override
        public String toString() {
            return "%d approvals. From decision to applied: median %d ms, 95 %% within %d ms, slowest %d ms.%n"
                            .formatted(
                                    recorded.size(),
                                    median().toMillis(),
                                    at(recorded, 0.95).toMillis(),
                                    recorded.getLast().toMillis())
                    + "As a caller sees it, both HTTP calls included: median %d ms."
                            .formatted(at(seen, 0.5).toMillis());
        }
    }

    private final KubernetesClient cluster;
    private final PortalApi member;
    private final PortalApi admin;
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Timing partner CA");

    ApprovalToApplied(KubernetesClient cluster, PortalApi member, PortalApi admin) {
        this.cluster = cluster;
        this.member = member;
        this.admin = admin;
    }

    Timing measure(int approvals) {
        List<Duration> recorded = new ArrayList<>();
        List<Duration> seen = new ArrayList<>();
        String run = Long.toString(System.currentTimeMillis(), 36);
        for (int i = 0; i < approvals; i++) {
            String request = submitted("timed-" + run + "-" + i);
            String digest = await(request, "pending").path("planDigest").asString();
            long begin = System.nanoTime();
            require(admin.post(
                    "/requests/" + request + "/approval", Map.of("digest", digest, "reason", "A measurement")));
            JsonNode applied = await(request, "applied");
            seen.add(Duration.ofNanos(System.nanoTime() - begin));
            Instant decided = Instant.parse(
                    applied.path("decisions").get(0).path("decidedAt").asString());
            Instant done = Instant.parse(
                    applied.path("request").path("statusChangedAt").asString());
            recorded.add(Duration.between(decided, done));
        }
        return new Timing(
                recorded.stream().sorted().toList(), seen.stream().sorted().toList());
    }

    private String submitted(String name) {
        cluster.resource(new ServiceAccountBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace("team-namespace")
                        .endMetadata()
                        .build())
                .create();
        String app = require(member.post(
                        "/apps",
                        Map.of(
                                "team",
                                "guide-team",
                                "cluster",
                                DirectorySeed.CLUSTER,
                                "namespace",
                                "team-namespace",
                                "name",
                                name)))
                .path("id")
                .asString();
        TestCertificateAuthority.Issued issued = partner.issue(Wish.client("CN=team-namespace." + name));
        return require(member.post(
                        "/requests",
                        Map.of(
                                "kind", "create-identity",
                                "app", app,
                                "destination", "nginx",
                                "certificate",
                                        Map.of(
                                                "chain", issued.chainPem(),
                                                "privateKey", issued.keyPem(),
                                                "caBundle", partner.certificatePem()),
                                "reason", "A measurement")))
                .path("request")
                .path("id")
                .asString();
    }

    private JsonNode await(String request, String status) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode body;
        do {
            body = require(admin.get("/requests/" + request));
            String now = body.path("request").path("status").asString();
            if (now.equals(status)) {
                return body;
            }
            if (now.equals("invalid") || now.equals("failed")) {
                break;
            }
            pause();
        } while (System.nanoTime() < deadline);
        throw new IllegalStateException(
                "Request " + request + " did not become " + status + ": " + body.path("request"));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode require(PortalApi.Answer answer) {
        if (answer.status() >= 300) {
            throw new IllegalStateException("The portal answered " + answer.status() + ": " + answer.body());
        }
        return answer.body();
    }

    static String token(JsonNode sandbox, SandboxPerson person) {
        return StreamSupport.stream(sandbox.path("people").spliterator(), false)
                .filter(each -> each.path("username").asString().equals(person.username()))
                .map(each -> each.path("token").asString())
                .findFirst()
                .orElseThrow();
    }
}
