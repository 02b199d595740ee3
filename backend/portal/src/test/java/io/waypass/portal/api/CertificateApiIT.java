package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.portal.Portal.FormPart;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Certificates over the API: every form in, every finding out. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CertificateApiIT {

    private static final String PASSPHRASE = "correct horse battery";

    private final TestCertificateAuthority root = TestCertificateAuthority.root("CN=Client Root");
    private final TestCertificateAuthority clients = root.intermediate("CN=Client CA 2");
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    private Portal portal;

    @BeforeAll
    void start() {
        portal = new Portal();
    }

    @AfterAll
    void stop() {
        portal.close();
    }

    @Test
    void aKeystoreIsTakenAsBase64InJson() {
        Issued issued = clients.issue(Wish.client("CN=keystore"));

        Answer answer = submit(
                portal.app("keystore"),
                Map.of(
                        "pkcs12",
                        base64(issued.pkcs12(PASSPHRASE)),
                        "passphrase",
                        PASSPHRASE,
                        "caBundle",
                        partner.certificatePem()));

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        assertThat(answer.body().at("/certificate/facts/subject").asString()).isEqualTo("CN=keystore");
        assertThat(answer.raw().body()).doesNotContain(PASSPHRASE);
    }

    @Test
    void aPassphraseThatIsMissingOrWrongIsSaidAtItsOwnField() {
        String keystore = base64(clients.issue(Wish.client("CN=locked")).pkcs12(PASSPHRASE));
        String app = portal.app("locked");

        Answer missing = submit(app, Map.of("pkcs12", keystore, "caBundle", partner.certificatePem()));
        Answer wrong =
                submit(app, Map.of("pkcs12", keystore, "passphrase", "s3same", "caBundle", partner.certificatePem()));

        assertThat(missing.status()).isEqualTo(422);
        assertThat(codes(missing.body())).containsExactly("key.passphrase-required");
        assertThat(pointers(missing.body())).containsExactly("/certificate/passphrase");
        assertThat(codes(wrong.body())).containsExactly("key.passphrase-wrong");
        assertThat(wrong.raw().body()).doesNotContain("s3same");
    }

    @Test
    void aKeystoreThatIsNoBase64IsSaidAtItsOwnField() {
        Answer answer =
                submit(portal.app("no-base64"), Map.of("pkcs12", "<keystore>", "caBundle", partner.certificatePem()));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(codes(answer.body())).containsExactly("input.unreadable");
        assertThat(pointers(answer.body())).containsExactly("/certificate/pkcs12");
    }

    @Test
    void filesMayBeSplitInAnyWay() {
        Issued issued = clients.issue(Wish.client("CN=split"));
        List<FormPart> parts = request(portal.app("split"));
        parts.add(file("chain", "issuer.pem", clients.certificatePem()));
        parts.add(file("chain", "app.pem", TestCertificateAuthority.pem(List.of(issued.certificate()))));
        parts.add(file("privateKey", "app.key", issued.keyPem()));
        parts.add(file("caBundle", "partner.pem", partner.certificatePem()));

        Answer answer = portal.form("member", "/requests", parts);

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        assertThat(answer.body().at("/certificate/facts/chain").toString())
                .isEqualTo("[\"CN=split\",\"CN=Client CA 2\"]");
    }

    @Test
    void aKeystoreIsTakenAsFileWithItsPassphrase() {
        Issued issued = clients.issue(Wish.client("CN=keystore-file"));
        List<FormPart> parts = request(portal.app("keystore-file"));
        parts.add(new FormPart("pkcs12", "app.p12", issued.pkcs12(PASSPHRASE)));
        parts.add(FormPart.text("passphrase", PASSPHRASE));
        parts.add(file("caBundle", "partner.pem", partner.certificatePem()));

        Answer answer = portal.form("member", "/requests", parts, "Idempotency-Key", "keystore-file");
        Answer again = portal.form("member", "/requests", parts, "Idempotency-Key", "keystore-file");

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        assertThat(again.raw().body()).isEqualTo(answer.raw().body());
        assertThat(portal.owner
                        .sql("select string_agg(cast(k as text), '') from idempotency_key k")
                        .query(String.class)
                        .single())
                .doesNotContain(PASSPHRASE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r\n"})
    void aPassphraseFromAFileComesWithTheLineEndOfItsFile(String end) {
        Issued issued = clients.issue(Wish.client("CN=line-end"));

        Answer answer = portal.form(
                "member",
                "/certificates/inspection",
                List.of(
                        new FormPart("pkcs12", "app.p12", issued.pkcs12(PASSPHRASE)),
                        FormPart.text("passphrase", PASSPHRASE + end),
                        file("caBundle", "partner.pem", partner.certificatePem())));

        assertThat(answer.body().path("errors").isEmpty())
                .as(answer.raw().body())
                .isTrue();
    }

    @Test
    void anInspectionSaysWhatWasRecognisedAndDrawsTheChain() {
        Issued issued = clients.issue(Wish.client("CN=inspected"));

        Answer answer = portal.form(
                "member",
                "/certificates/inspection",
                List.of(
                        new FormPart("pkcs12", "app.p12", issued.pkcs12(PASSPHRASE)),
                        FormPart.text("passphrase", PASSPHRASE),
                        file("caBundle", "partner.pem", partner.certificatePem())));

        JsonNode body = answer.body();
        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(200);
        assertThat(body.path("errors").isEmpty()).as(answer.raw().body()).isTrue();
        assertThat(body.at("/recognised/0/form").asString()).isEqualTo("PKCS#12");
        assertThat(body.at("/recognised/0/fileName").asString()).isEqualTo("app.p12");
        assertThat(body.at("/recognised/0/holds").asString()).isEqualTo("1 private key (EC P-256), 2 certificates");
        assertThat(body.at("/chain/0/role").asString()).isEqualTo("leaf");
        assertThat(body.at("/chain/1/role").asString()).isEqualTo("intermediate");
        assertThat(body.at("/chain/1/issuer").asString()).isEqualTo("CN=Client Root");
    }

    @Test
    void anInspectionForAnAppSaysWhoUsesTheCertificateAsFarAsTheReaderMayKnow() {
        Issued issued = clients.issue(Wish.client("CN=used"));
        String first = portal.app("used-first");
        assertThat(submit(first, pem(issued)).status()).isEqualTo(201);
        Map<String, String> body = new LinkedHashMap<>(pem(issued));

        Answer own = portal.call("member", "POST", "/certificates/inspection", body);
        Answer foreign = portal.call("stranger", "POST", "/certificates/inspection", body);
        body.put("app", first);
        body.put("destination", "nginx");
        Answer itself = portal.call("member", "POST", "/certificates/inspection", body);
        Answer second = submit(portal.app("used-second"), pem(issued));

        assertThat(codes(own.body())).containsExactly("duplicate");
        assertThat(own.raw().body()).contains("used-first in ");
        assertThat(codes(foreign.body())).containsExactly("duplicate");
        assertThat(foreign.raw().body()).contains("an identity of another team").doesNotContain("used-first");
        assertThat(codes(itself.body())).isEmpty();
        assertThat(second.status()).isEqualTo(422);
        assertThat(codes(second.body())).containsExactly("duplicate");
    }

    @Test
    void warningsAndNotesStayOnTheRequest() {
        Issued issued = clients.issue(Wish.client("CN=noted"));
        Map<String, String> certificate = new LinkedHashMap<>(pem(issued));
        certificate.put(
                "chain",
                root.certificatePem()
                        + TestCertificateAuthority.pem(issued.chain().reversed()));

        Answer answer = submit(portal.app("noted"), certificate);

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        assertThat(answer.body().at("/certificate/warnings/0/code").asString()).isEqualTo("chain.root-included");
        assertThat(answer.body().at("/certificate/notes/0/code").asString()).isEqualTo("chain.reordered");
    }

    @Test
    void versionsSayWhatChangedAndWhatWasSeenInTheCluster() {
        String app = portal.app("versions");
        Answer first = submit(app, pem(clients.issue(Wish.client("CN=versions"))));
        String request = first.body().at("/request/id").asString();
        String identity = first.body().at("/request/identity").asString();
        Answer unseen = portal.call("member", "GET", "/identities/" + identity + "/certificates");
        String digest = portal.applier.plan(request);
        portal.call(
                "admin",
                "POST",
                "/requests/" + request + "/approval",
                Map.of("digest", digest, "reason", "a test approves"));
        portal.applier.apply(request);
        Issued renewed = root.issue(Wish.client("CN=versions.renewed"));

        Answer rotation = rotate(app, pem(renewed));
        Answer versions = portal.call("member", "GET", "/identities/" + identity + "/certificates");

        assertThat(unseen.body().path("items").size()).isEqualTo(1);
        assertThat(unseen.body().path("seenInCluster").isMissingNode()
                        || unseen.body().path("seenInCluster").isNull())
                .isTrue();
        assertThat(rotation.status()).as(rotation.raw().body()).isEqualTo(201);
        assertThat(rotation.body().at("/certificate/warnings").findValuesAsString("code"))
                .contains("replaces.subject", "replaces.issuer");
        JsonNode newest = versions.body().at("/items/0");
        assertThat(newest.path("status").asString()).isEqualTo("planning");
        assertThat(newest.path("changes").findValuesAsString("field"))
                .contains("subject", "issuer", "key", "chain", "fingerprint")
                .doesNotContain("ca-bundle", "sans");
        assertThat(versions.body().at("/items/1/applied").asBoolean()).isTrue();
        assertThat(versions.body().at("/seenInCluster/fingerprints/caBundle").asString())
                .isEqualTo("sha256:2");
    }

    @Test
    void aDestinationsCaBundleIsJudgedLikeOneOfARequest() {
        Map<String, Object> destination = new LinkedHashMap<>(Map.of(
                "slug", "judged",
                "displayName", "Judged",
                "cluster", "one",
                "gateway", "istio-egress/egress-waypoint",
                "host", "judged.example",
                "sharedServiceEntry", "judged-se"));
        destination.put("caBundle", "no certificate");
        Answer unreadable = portal.call("admin", "POST", "/destinations", destination);
        Issued server = partner.issue(Wish.server("CN=judged.example", List.of("judged.example")));
        destination.put("caBundle", server.chainPem());
        Answer notAnAuthority = portal.call("admin", "POST", "/destinations", destination);

        assertThat(codes(unreadable.body())).contains("input.unreadable");
        assertThat(codes(notAnAuthority.body())).contains("ca.not-a-ca");
        assertThat(pointers(notAnAuthority.body())).contains("/caBundle");
    }

    private Answer rotate(String app, Map<String, String> certificate) {
        return portal.call(
                "member",
                "POST",
                "/requests",
                Map.of(
                        "kind",
                        "rotate-certificate",
                        "app",
                        app,
                        "destination",
                        "nginx",
                        "certificate",
                        certificate,
                        "reason",
                        "a test rotates"));
    }

    private Map<String, String> pem(Issued issued) {
        return Map.of("chain", issued.chainPem(), "privateKey", issued.keyPem(), "caBundle", partner.certificatePem());
    }

    private Answer submit(String app, Map<String, String> certificate) {
        return portal.asks("member", app, certificate);
    }

    private static List<FormPart> request(String app) {
        List<FormPart> parts = new ArrayList<>();
        parts.add(FormPart.text("kind", "create-identity"));
        parts.add(FormPart.text("app", app));
        parts.add(FormPart.text("destination", "nginx"));
        parts.add(FormPart.text("reason", "a test asks"));
        return parts;
    }

    private static FormPart file(String name, String fileName, String text) {
        return new FormPart(name, fileName, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static List<String> codes(JsonNode body) {
        return body.path("errors").findValuesAsString("code");
    }

    private static List<String> pointers(JsonNode body) {
        return body.path("errors").findValuesAsString("pointer");
    }
}
