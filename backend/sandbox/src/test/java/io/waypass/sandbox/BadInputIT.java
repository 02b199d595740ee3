package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** What is refused, with words that help, and leaves nothing behind. */
@ExtendWith(SharedSandbox.class)
class BadInputIT {

    private Journey journey;
    private JdbcClient database;

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new Journey(sandbox);
        database = JdbcClient.create(sandbox.owner());
    }

    @AfterEach
    void end() {
        journey.close();
    }

    @Test
    void anUnknownApp() {
        refusesToStore("app_AAAAAAAAAAAAAAAAAAAAAA", journey.certificate("nobody"), "app.unknown");
    }

    @Test
    void aNamespaceOfAnotherTeam() {
        PortalApi.Answer answer = journey.member.post("/apps", Journey.appBody("stranger", "other-namespace"));

        assertThat(answer.status()).isBetween(400, 499);
        assertThat(answer.body().toString()).contains("other-namespace");
        assertThat(count("app where namespace = 'other-namespace'")).isZero();
    }

    @Test
    void aMissingCaBundle() {
        String app = journey.app("without-ca");
        Issued certificate = journey.certificate("without-ca");

        refused(journey.body(app, certificate.chainPem(), certificate.keyPem(), ""), "ca.missing");
    }

    @Test
    void theKeyOfAnotherCertificate() {
        String app = journey.app("wrong-key");

        refused(
                journey.body(
                        app,
                        journey.certificate("wrong-key").chainPem(),
                        journey.certificate("other").keyPem(),
                        journey.partner.certificatePem()),
                "key.mismatch");
    }

    @Test
    void aSecondOpenRequestForOneIdentity() {
        String app = journey.app("twice-asked");
        String first = journey.submit(app, journey.certificate("twice-asked"));
        long before = count("request");

        PortalApi.Answer second =
                journey.member.post("/requests", journey.body(app, journey.certificate("twice-asked")));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body().toString()).contains("/problems/", "open");
        assertThat(count("request")).isEqualTo(before);
        assertThat(journey.await(first, "pending")).isNotNull();
    }

    @Test
    void anApprovalOfOnesOwnRequest() {
        String app = journey.app("self-approved");
        String request = journey.submit(app, journey.certificate("self-approved"));
        String digest = journey.await(request, "pending").path("planDigest").asString();

        PortalApi.Answer answer = journey.member.post(
                "/requests/" + request + "/approval", Map.of("digest", digest, "reason", "It is mine"));

        assertThat(answer.status()).isEqualTo(403);
        nothingDecided(request, "self-approved");
    }

    @Test
    void anApprovalWithAStaleDigest() {
        String app = journey.app("stale");
        String request = journey.submit(app, journey.certificate("stale"));
        journey.await(request, "pending");

        PortalApi.Answer answer = journey.admin.post(
                "/requests/" + request + "/approval",
                Map.of("digest", "sha256:" + "0".repeat(64), "reason", "Seen long ago"));

        assertThat(answer.status()).isEqualTo(409);
        nothingDecided(request, "stale");
    }

    @Test
    void anObjectOfTheSameNameThatIsNotOurs() {
        String app = journey.app("foreign");
        journey.cluster
                .resource(new SecretBuilder()
                        .withNewMetadata()
                        .withName("foreign-client-mtls-secret")
                        .withNamespace("team-namespace")
                        .endMetadata()
                        .addToStringData("theirs", "untouched")
                        .build())
                .create();

        String request = journey.submit(app, journey.certificate("foreign"));
        JsonNode invalid = journey.await(request, "invalid");

        assertThat(invalid.path("request").path("statusMessage").asString())
                .contains("Secret team-namespace/foreign-client-mtls-secret");
        assertThat(journey.existing("foreign")).containsExactly("Secret");
        assertThat(journey.secret("foreign").getData()).containsOnlyKeys("theirs");
    }

    private void nothingDecided(String request, String app) {
        assertThat(journey.status(request)).isEqualTo("pending");
        assertThat(journey.request(request).path("decisions")).isEmpty();
        assertThat(journey.existing(app)).isEmpty();
    }

    private void refusesToStore(String app, Issued certificate, String code) {
        refused(journey.body(app, certificate), code);
    }

    private void refused(Map<String, Object> body, String code) {
        List<Long> before = List.of(count("request"), count("certificate"), count("sealed_key"), count("identity"));

        PortalApi.Answer answer = journey.member.post("/requests", body);

        assertThat(answer.status()).as(answer.body().toString()).isBetween(400, 499);
        assertThat(answer.body().findValuesAsString("code")).contains(code);
        assertThat(List.of(count("request"), count("certificate"), count("sealed_key"), count("identity")))
                .isEqualTo(before);
    }

    private long count(String from) {
        return database.sql("select count(*) from " + from).query(Long.class).single();
    }
}
