package io.waypass.portal.api;

import static io.waypass.portal.api.Answers.code;
import static io.waypass.portal.api.Answers.codes;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** From an app to a decided request, over the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestApiIT {

    private final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
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
    void anAppNeedsANamespaceOfItsOwnTeamAndAServiceAccountOfItsOwn() {
        Answer foreign = portal.call(
                "member",
                "POST",
                "/apps",
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-two", "name", "greedy"));
        Answer shared = portal.call(
                "member",
                "POST",
                "/apps",
                Map.of(
                        "team", "one",
                        "cluster", "sandbox",
                        "namespace", "namespace-one",
                        "name", "lazy",
                        "serviceAccount", "default"));

        assertThat(codes(foreign)).containsExactly("namespace.not-yours");
        assertThat(codes(shared)).containsExactly("service-account.default");
        assertThat(portal.owner
                        .sql("select count(*) from app where name in ('greedy', 'lazy')")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aRequestWithManyFaultsNamesThemAllAndStoresNothing() {
        long before = rows();
        Issued app1 = clients.issue(Wish.client("CN=one"));
        Issued app2 = clients.issue(Wish.client("CN=two"));

        Answer answer = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of(
                        "kind", "create-identity",
                        "app", "app_unknown",
                        "destination", "nowhere",
                        "certificate", Map.of("chain", app1.chainPem(), "privateKey", app2.keyPem()),
                        "reason", " "));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(codes(answer))
                .containsExactlyInAnyOrder(
                        "app.unknown", "destination.unknown", "reason.missing", "key.mismatch", "ca.missing");
        assertThat(answer.raw().body()).doesNotContain(keyBody(app2));
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aSecondOpenRequestForOneIdentityIsRefusedAndStoresNothing() {
        String app = portal.app("second");
        String first = portal.asks("member", app, "second")
                .body()
                .path("request")
                .path("id")
                .asString();
        long before = rows();

        Answer second = portal.asks("member", app, "second");

        assertThat(second.status()).isEqualTo(409);
        assertThat(code(second)).isEqualTo("request.already-open");
        assertThat(second.body().path("detail").asString()).contains(first);
        assertThat(rows()).isEqualTo(before);

        portal.call("member", "POST", "/requests/" + first + "/withdrawal", Map.of("reason", "wrong certificate"));
        assertThat(portal.asks("member", app, "second").status()).isEqualTo(201);
    }

    @Test
    void aDecisionNeedsAnAdminWhoIsNeitherTheRequesterNorOfTheTeamAndTheDigestOfThePresentPlan() {
        String request = portal.asks("member", portal.app("decided"), "decided")
                .body()
                .path("request")
                .path("id")
                .asString();
        String digest = portal.applier.plan(request);
        String approval = "/requests/" + request + "/approval";

        assertThat(code(portal.call("member", "POST", approval, Map.of("digest", digest, "reason", "x"))))
                .isEqualTo("admin.required");
        assertThat(code(portal.call("admin-and-member", "POST", approval, Map.of("digest", digest, "reason", "x"))))
                .isEqualTo("decision.own-team");
        assertThat(portal.call("stranger", "POST", approval, Map.of("digest", digest, "reason", "x"))
                        .status())
                .isEqualTo(404);
        Answer stale = portal.call("admin", "POST", approval, Map.of("digest", "sha256:old", "reason", "x"));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(code(stale)).isEqualTo("decision.stale-digest");
        assertThat(codes(portal.call("admin", "POST", approval, Map.of("digest", digest, "reason", ""))))
                .containsExactly("reason.missing");
        assertThat(codes(portal.call("admin", "POST", approval, Map.of("reason", "x"))))
                .containsExactly("digest.missing");
        assertThat(portal.owner
                        .sql(
                                "select count(*) from decision d join request r on r.id = d.request_id where r.public_id = :id")
                        .param("id", request)
                        .query(Long.class)
                        .single())
                .isZero();

        assertThat(portal.call("admin", "POST", approval, Map.of("digest", digest, "reason", "fine"))
                        .status())
                .isEqualTo(200);
        Answer late = portal.call(
                "admin", "POST", "/requests/" + request + "/rejection", Map.of("digest", digest, "reason", "no"));
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.body().path("detail").asString())
                .contains("The admin approved it")
                .contains("fine");
    }

    @Test
    void nobodyApprovesTheirOwnRequest() {
        String app = portal.app("own");
        Answer submitted = portal.asks("admin-and-member", app, "own");
        String request = submitted.body().path("request").path("id").asString();
        String digest = portal.applier.plan(request);

        Answer answer = portal.call(
                "admin-and-member",
                "POST",
                "/requests/" + request + "/approval",
                Map.of("digest", digest, "reason", "me"));

        assertThat(answer.status()).isEqualTo(403);
        assertThat(code(answer)).isEqualTo("decision.own-request");
    }

    @Test
    void ifMatchGuardsADecisionAgainstARequestThatChanged() {
        String request = portal.asks("member", portal.app("matched"), "matched")
                .body()
                .path("request")
                .path("id")
                .asString();
        String old = portal.call("admin", "GET", "/requests/" + request)
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        String digest = portal.applier.plan(request);

        Answer answer = portal.call(
                "admin",
                "POST",
                "/requests/" + request + "/approval",
                Map.of("digest", digest, "reason", "x"),
                "If-Match",
                old);

        assertThat(answer.status()).isEqualTo(412);
        assertThat(code(answer)).isEqualTo("request.changed");
    }

    @Test
    void aPlanIsReadAsJsonAndAsYaml() {
        String request = portal.asks("member", portal.app("readable"), "readable")
                .body()
                .path("request")
                .path("id")
                .asString();
        assertThat(code(portal.call("member", "GET", "/requests/" + request + "/plan")))
                .isEqualTo("plan.not-yet");
        String digest = portal.applier.plan(request);

        Answer json = portal.call("member", "GET", "/requests/" + request + "/plan");
        Answer yaml =
                portal.call("member", "GET", "/requests/" + request + "/plan", null, "Accept", "application/yaml");

        assertThat(json.body().path("digest").asString()).isEqualTo(digest);
        assertThat(json.body()
                        .path("objects")
                        .get(0)
                        .path("manifest")
                        .path("kind")
                        .asString())
                .isEqualTo("Secret");
        assertThat(yaml.raw().body()).startsWith("apiVersion: v1\nkind: Secret\n");
    }

    @Test
    void filesDoWhatJsonDoes() {
        String app = portal.app("files");
        Issued issued = clients.issue(Wish.client("CN=files"));
        String boundary = "----waypass";
        StringBuilder body = new StringBuilder();
        Map.of("kind", "create-identity", "app", app, "destination", "nginx", "reason", "with files")
                .forEach(
                        (name, value) -> body.append("--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                                .formatted(boundary, name, value)));
        Map.of("chain", issued.chainPem(), "privateKey", issued.keyPem(), "caBundle", partner.certificatePem())
                .forEach((name, value) -> body.append(
                        "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s.pem\"\r\nContent-Type: application/octet-stream\r\n\r\n%s\r\n"
                                .formatted(boundary, name, name, value)));
        body.append("--").append(boundary).append("--\r\n");

        Answer answer = portal.send(
                "member",
                "POST",
                "/requests",
                "multipart/form-data; boundary=" + boundary,
                body.toString(),
                "Idempotency-Key",
                "files");

        assertThat(answer.status()).as(answer.raw().body()).isEqualTo(201);
        assertThat(answer.body()
                        .path("certificate")
                        .path("facts")
                        .path("subject")
                        .asString())
                .isEqualTo("CN=files");
    }

    @Test
    void inspectionAnswersHoweverBadTheInputIsAndStoresNothing() {
        long before = rows();
        Issued issued = clients.issue(Wish.client("CN=inspected"));

        Answer good = portal.call(
                "member",
                "POST",
                "/certificates/inspection",
                Map.of(
                        "chain",
                        issued.chainPem(),
                        "privateKey",
                        issued.keyPem(),
                        "caBundle",
                        partner.certificatePem()));
        Answer bad = portal.call("member", "POST", "/certificates/inspection", Map.of("chain", "nonsense"));

        assertThat(good.status()).isEqualTo(200);
        assertThat(good.body().path("facts").path("subject").asString()).isEqualTo("CN=inspected");
        assertThat(good.body().path("errors").isEmpty()).isTrue();
        assertThat(good.raw().body()).doesNotContain(keyBody(issued));
        assertThat(bad.status()).isEqualTo(200);
        assertThat(bad.body().path("errors").size()).isEqualTo(3);
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aDecisionMayNameThePlansETagAndAWithdrawalIsGuardedAsWell() {
        String request = portal.asks("member", portal.app("tags"), "tags")
                .body()
                .path("request")
                .path("id")
                .asString();
        String digest = portal.applier.plan(request);
        String planTag = portal.call("admin", "GET", "/requests/" + request + "/plan")
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow();

        Answer withdrawal = portal.call(
                "member", "POST", "/requests/" + request + "/withdrawal", Map.of("reason", "x"), "If-Match", "\"old\"");
        Answer approval = portal.call(
                "admin",
                "POST",
                "/requests/" + request + "/approval",
                Map.of("digest", digest, "reason", "fine"),
                "If-Match",
                "\"old\", " + planTag);

        assertThat(withdrawal.status()).isEqualTo(412);
        assertThat(approval.status()).as(approval.raw().body()).isEqualTo(200);
    }

    private long rows() {
        return portal.owner.sql("""
                select (select count(*) from request) + (select count(*) from certificate) + (select count(*) from sealed_key)
                    + (select count(*) from identity) + (select count(*) from audit_event) + (select count(*) from scheduled_tasks)
                """).query(Long.class).single();
    }

    private static String keyBody(Issued issued) {
        return issued.keyPem().lines().skip(1).findFirst().orElseThrow();
    }
}
