package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.app.App;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.sealing.SealingKeyId;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
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

/** The sealing keyset rotated as the operator guide says, with requests on their way all the time. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(OutputCaptureExtension.class)
class SealingRotationIT {

    private final List<Issued> certificates = new ArrayList<>();
    private Path directory;
    private Fixtures fixtures;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        this.directory = directory;
        fixtures = new Fixtures(directory);
    }

    @AfterAll
    void stop() {
        fixtures.close();
    }

    @AfterEach
    void noSecretIsInTheLog(CapturedOutput output) throws IOException {
        assertThat(output.getAll()).doesNotContain("PRIVATE KEY");
        for (Issued certificate : certificates) {
            assertThat(output.getAll())
                    .doesNotContain(
                            Base64.getEncoder().encodeToString(certificate.key().getEncoded()));
        }
        try (var files = Files.list(directory)) {
            for (Path file :
                    files.filter(each -> each.toString().endsWith(".json")).toList()) {
                Pattern.compile("\"value\":\\s*\"([^\"]+)\"")
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(found -> assertThat(output.getAll()).doesNotContain(found.group(1)));
            }
        }
    }

    @Test
    void requestsFromBeforeDuringAndAfterARotationAreAllPlannedAndApplied() throws Exception {
        SealingKeyId old = new SealingKeysetFile(fixtures.keysetFile).read().primary();
        String applied;
        String pending;
        try (ConfigurableApplicationContext _ = applier("sandbox", fixtures.keysetFile)) {
            fixtures.awaitSealingKeyOf("sandbox");
            applied = submit("applied");
            fixtures.approve(applied);
            fixtures.await(applied, RequestStatus.APPLIED);
            pending = submit("pending");
            fixtures.await(pending, RequestStatus.PENDING);
        }
        String unplanned = submit("unplanned");

        Path added = changed("added.json", fixtures.keysetFile, SealingKeyset::withNewKey);
        SealingKeyId young = new SealingKeysetFile(added).read().promotable().orElseThrow();
        Path promoted = changed("promoted.json", added, keyset -> keyset.promoting(young));
        String during;
        try (ConfigurableApplicationContext _ = applier("sandbox", added)) {
            fixtures.await(unplanned, RequestStatus.PENDING);
            assertThat(sealedFor(unplanned)).contains(old);

            try (ConfigurableApplicationContext _ = applier("sandbox", promoted)) {
                Awaitility.await().until(() -> sealedFor(applied), key -> key.equals(Optional.of(young)));
                during = submit("during");
                assertThat(sealedFor(during)).contains(young);
                fixtures.await(during, RequestStatus.PENDING);
            }
            // the applier that is still to be given the promoted file does the work alone
            fixtures.approve(during);
            fixtures.await(during, RequestStatus.APPLIED);
        }

        Path removed = changed("removed.json", promoted, keyset -> keyset.without(old));
        try (ConfigurableApplicationContext _ = applier("sandbox", removed)) {
            for (String request : List.of(pending, unplanned)) {
                fixtures.approve(request);
                fixtures.await(request, RequestStatus.APPLIED);
                assertThat(sealedFor(request)).contains(young);
            }
            String after = submit("after");
            fixtures.approve(after);
            fixtures.await(after, RequestStatus.APPLIED);
        }
    }

    @Test
    void anApplierWithTheOldFileIsNotReadyAndWhatItCannotOpenWaitsForTheRightFile() throws Exception {
        Path promoted = changed("another.json", fixtures.keysetFile, keyset -> SealingKeyset.generate());
        try (ConfigurableApplicationContext right = starting(WebApplicationType.SERVLET, "upstream", promoted)) {
            fixtures.awaitSealingKeyOf("upstream");
            Awaitility.await().until(() -> readiness(right), status -> status == 200);
        }
        Issued certificate = certificate("waits");
        String request = fixtures.submit(fixtures.app("waits", "upstream"), "nginx-upstream", certificate);

        try (ConfigurableApplicationContext stale =
                starting(WebApplicationType.SERVLET, "upstream", fixtures.keysetFile)) {
            RequestSummary waiting = Awaitility.await()
                    .until(
                            () -> fixtures.requests
                                    .find(Fixtures.ADMIN, request)
                                    .summary(),
                            summary -> summary.waitingReason().isPresent());
            assertThat(waiting.status()).isEqualTo(RequestStatus.PLANNING);
            assertThat(waiting.waitingReason().orElseThrow()).contains("older sealing keyset");
            assertThat(readiness(stale)).isEqualTo(503);

            try (ConfigurableApplicationContext _ = applier("upstream", promoted)) {
                fixtures.await(request, RequestStatus.PENDING);
            }
        }
    }

    private ConfigurableApplicationContext applier(String cluster, Path keysetFile) {
        return starting(WebApplicationType.NONE, cluster, keysetFile);
    }

    private ConfigurableApplicationContext starting(WebApplicationType type, String cluster, Path keysetFile) {
        return fixtures.starting(type, cluster, fixtures.kubeconfig, keysetFile);
    }

    private Path changed(String name, Path before, UnaryOperator<SealingKeyset> change) throws IOException {
        Path after = Files.copy(before, directory.resolve(name));
        new SealingKeysetFile(after).change(change);
        return after;
    }

    private String submit(String name) {
        App app = fixtures.app(name);
        return fixtures.submit(app, certificate(name));
    }

    private Issued certificate(String name) {
        Issued certificate = fixtures.certificate(name);
        certificates.add(certificate);
        return certificate;
    }

    private Optional<SealingKeyId> sealedFor(String request) {
        return fixtures.owner
                .sql("""
                select ciphertext from sealed_key where certificate_id = (select v.certificate_id from identity_revision v join request r on r.resource_id = v.resource_id and r.revision = v.revision
                            where r.public_id = :id)
                """)
                .param("id", request)
                .query((row, _) -> SealingKeyId.of(row.getBytes(1)))
                .single();
    }

    private static int readiness(ConfigurableApplicationContext context) throws Exception {
        String port = context.getEnvironment().getRequiredProperty("local.server.port");
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(
                            HttpRequest.newBuilder(
                                            URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"))
                                    .build(),
                            HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        }
    }
}
