package io.waypass.portal.api;

import static io.waypass.portal.api.Answers.code;
import static io.waypass.portal.api.Answers.codes;
import static io.waypass.portal.api.Answers.ids;
import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What holds for every call of the API: access, idempotency keys, ETags, lists, and problems as answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiIT {

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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/me",
                "/teams",
                "/clusters",
                "/gateways",
                "/destinations",
                "/apps",
                "/requests",
                "/identities",
                "/nothing"
            })
    void nobodyGetsAnythingWithoutAToken(String path) {
        for (String token : List.of("", "wp_unknown", "no.jwt.at-all")) {
            Answer answer = portal.call(token, "GET", path);

            assertThat(answer.status()).as(path + " with “" + token + "”").isIn(401, 503);
            assertThat(answer.raw().headers().firstValue("Content-Type"))
                    .hasValue("application/problem+json;charset=UTF-8");
            assertThat(answer.body().path("detail").asString()).isNotBlank();
        }
    }

    @Test
    void everyoneLearnsWhoTheyAre() {
        JsonNode me = portal.call("member", "GET", "/me").body();

        assertThat(me.path("subject").asString()).isEqualTo("member");
        assertThat(me.path("teams").get(0).path("slug").asString()).isEqualTo("one");
        assertThat(portal.call("admin", "GET", "/me")
                        .body()
                        .path("roles")
                        .get(0)
                        .asString())
                .isEqualTo("admin");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "/clusters | {\"name\":\"other\",\"trustDomain\":\"cluster.local\",\"flavour\":\"solo\"}",
                "/teams | {\"slug\":\"other\"}",
                "/gateways | {\"placement\":\"team-namespace\"}",
                "/destinations | {\"slug\":\"other\"}"
            })
    void onlyAdminsAdminister(String path, String body) {
        Answer answer = portal.send("member", "POST", path, "application/json", body);

        assertThat(answer.status()).isEqualTo(403);
        assertThat(code(answer)).isEqualTo("admin.required");
    }

    @Test
    void anotherTeamsThingsDoNotExistForOthers() {
        String app = portal.app("hidden");
        String request = portal.asks("member", app, "hidden")
                .body()
                .path("request")
                .path("id")
                .asString();
        String identity = portal.call("member", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("identity")
                .asString();

        for (String path : List.of(
                "/apps/" + app,
                "/requests/" + request,
                "/requests/" + request + "/plan",
                "/identities/" + identity,
                "/teams/one")) {
            assertThat(portal.call("stranger", "GET", path).status()).as(path).isEqualTo(404);
            assertThat(portal.call("admin", "GET", path).status()).as(path).isIn(200, 404);
        }
        assertThat(portal.call("stranger", "DELETE", "/apps/" + app).status()).isEqualTo(404);
        assertThat(portal.call("stranger", "POST", "/requests/" + request + "/withdrawal", Map.of("reason", "x"))
                        .status())
                .isEqualTo(404);
        assertThat(ids(portal.call("stranger", "GET", "/apps"))).doesNotContain(app);
        assertThat(ids(portal.call("stranger", "GET", "/requests"))).doesNotContain(request);
    }

    @Test
    void theSameIdempotencyKeyGivesTheSameAnswerAndDoesTheThingOnce() {
        Map<String, Object> body =
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-one", "name", "once");
        Answer first = portal.call("member", "POST", "/apps", body, "Idempotency-Key", "key-1");
        Answer again = portal.call("member", "POST", "/apps", body, "Idempotency-Key", "key-1");
        Map<String, Object> other = new HashMap<>(body);
        other.put("name", "twice");
        Answer reused = portal.call("member", "POST", "/apps", other, "Idempotency-Key", "key-1");
        Answer somebodyElse = portal.call("colleague", "POST", "/apps", other, "Idempotency-Key", "key-1");

        assertThat(first.status()).isEqualTo(201);
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.raw().headers().firstValue("Location"))
                .isEqualTo(first.raw().headers().firstValue("Location"));
        assertThat(reused.status()).isEqualTo(422);
        assertThat(code(reused)).isEqualTo("idempotency.key-reused");
        assertThat(somebodyElse.status()).isEqualTo(201);
    }

    @Test
    void whatWasRefusedMayBeSentAgainWithTheSameIdempotencyKey() {
        Map<String, Object> body =
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-two", "name", "retry");

        assertThat(portal.call("member", "POST", "/apps", body, "Idempotency-Key", "key-2")
                        .status())
                .isEqualTo(422);
        assertThat(codes(portal.call("member", "POST", "/apps", body, "Idempotency-Key", "key-2")))
                .containsExactly("namespace.not-yours");
    }

    @Test
    void whatCannotBeReadIsAProblemThatQuotesNothing() {
        Answer broken = portal.send(
                "member", "POST", "/requests", "application/json", "{\"certificate\": {\"privateKey\": \"secret-words");
        Answer unknown = portal.call("member", "POST", "/requests", Map.of("certificate", Map.of("pfx", "AAAA")));
        Answer xml = portal.send("member", "POST", "/requests", "application/xml", "<request/>");
        Answer method = portal.call("member", "DELETE", "/requests");
        Answer nowhere = portal.call("member", "GET", "/nowhere");
        Answer status = portal.call("member", "GET", "/requests?status=lost");

        assertThat(broken.status()).isEqualTo(400);
        assertThat(broken.raw().body()).doesNotContain("secret-words");
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.body().path("errors").get(0).path("pointer").asString())
                .isEqualTo("/certificate/pfx");
        assertThat(unknown.body().path("errors").get(0).path("message").asString())
                .contains("pkcs12");
        assertThat(xml.status()).as(xml.raw().body()).isEqualTo(415);
        assertThat(method.status()).isEqualTo(405);
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(codes(status)).containsExactly("value.unknown");
        for (Answer answer : List.of(broken, unknown, xml, method, nowhere, status)) {
            assertThat(answer.raw().headers().firstValue("Content-Type").orElse(""))
                    .startsWith("application/problem+json");
            assertThat(answer.raw().headers().firstValue("X-Request-Id")).isPresent();
        }
    }

    @Test
    void noInputMakesTheApiFail() {
        String nul = "a" + (char) 0 + "b";
        Map<String, Answer> answers = new LinkedHashMap<>();
        answers.put("number in words", portal.call("member", "GET", "/apps?limit=many"));
        answers.put("NUL in the address", portal.call("member", "GET", "/requests?team=%00"));
        answers.put(
                "NUL in the body",
                portal.call(
                        "member", "POST", "/requests", Map.of("kind", "create-identity", "app", nul, "reason", "x")));
        answers.put(
                "null for a namespace",
                portal.send(
                        "admin",
                        "POST",
                        "/teams",
                        "application/json",
                        "{\"slug\":\"bad\",\"displayName\":\"Bad\",\"namespaces\":[null]}"));
        answers.put(
                "null for a group",
                portal.send(
                        "admin",
                        "POST",
                        "/teams",
                        "application/json",
                        "{\"slug\":\"bad\",\"displayName\":\"Bad\",\"groups\":[null]}"));

        answers.forEach((input, answer) -> {
            assertThat(answer.status()).as(input + ": " + answer.raw().body()).isEqualTo(422);
            assertThat(answer.body().path("errors").size()).as(input).isPositive();
        });
        assertThat(portal.owner
                        .sql("select count(*) from team where slug = 'bad'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "key-of-a-bad-body"})
    void aBodyThatIsTooLargeOrCannotBeTakenApartIsAProblem(String idempotencyKey) {
        String[] headers = idempotencyKey.isEmpty() ? new String[0] : new String[] {"Idempotency-Key", idempotencyKey};
        String large = "x".repeat(600 * 1024);
        String form = "multipart/form-data; boundary=edge";
        String file =
                "--edge\r\nContent-Disposition: form-data; name=\"chain\"; filename=\"a.pem\"\r\n\r\n%s\r\n--edge--\r\n";

        Answer json = portal.call("member", "POST", "/requests", Map.of("reason", large), headers);
        Answer unknownLength = portal.stream("member", "/requests", "{\"reason\": \"" + large + "\"}", headers);
        Answer manyFiles = portal.send("member", "POST", "/requests", form, file.formatted(large), headers);
        Answer oneFile = portal.send(
                "member", "POST", "/requests", form, file.formatted(large.substring(0, 100 * 1024)), headers);
        Answer broken = portal.send("member", "POST", "/requests", form, "--edge\r\nnonsense", headers);
        Answer noBoundary =
                portal.send("member", "POST", "/requests", "multipart/form-data", "--edge\r\nnonsense", headers);

        assertThat(unknownLength.status()).isEqualTo(411);
        assertThat(code(unknownLength)).isEqualTo("body.length-required");
        for (Answer answer : List.of(json, manyFiles, oneFile)) {
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(413);
            assertThat(code(answer)).isEqualTo("body.too-large");
        }
        for (Answer answer : List.of(broken, noBoundary)) {
            assertThat(answer.status()).as(answer.raw().body()).isEqualTo(400);
            assertThat(code(answer)).isEqualTo("body.unreadable");
        }
    }

    @Test
    void partsMayBeTextsAndNoUnknownOneIsOverlooked() {
        String part = "--edge\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n";
        String form = "multipart/form-data; boundary=edge";

        Answer texts = portal.send(
                "member",
                "POST",
                "/requests",
                form,
                part.formatted("kind", "create-identity") + part.formatted("chain", "no certificate") + "--edge--\r\n");
        Answer pfx = portal.send(
                "member",
                "POST",
                "/requests",
                form,
                part.formatted("kind", "create-identity") + part.formatted("pfx", "AAAA") + "--edge--\r\n");

        assertThat(codes(texts)).contains("input.unreadable").doesNotContain("chain.missing");
        assertThat(codes(pfx)).containsExactly("member.unknown");
        assertThat(pfx.raw().body()).contains("pkcs12");
    }

    @Test
    void whatIsRefusedBeforeAnyControllerIsAProblemToo() {
        Answer answer = portal.call("member", "GET", "/apps;a=b");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(code(answer)).isEqualTo("http.400");
        assertThat(answer.body().propertyNames()).doesNotContain("trace", "exception", "message");
    }

    @Test
    void everyResourceHasAnETagThatSparesReadingItTwice() {
        String path = "/apps/" + portal.app("tagged");
        String tag = portal.call("member", "GET", path)
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow();

        assertThat(portal.call("member", "GET", path, null, "If-None-Match", tag)
                        .status())
                .isEqualTo(304);
    }

    @Test
    void callsWithOneIdempotencyKeyAtTheSameTimeHappenOnce() throws Exception {
        Map<String, Object> body =
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-one", "name", "at-once");
        List<Answer> answers;
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            answers = executor
                    .invokeAll(Collections.<Callable<Answer>>nCopies(
                            8, () -> portal.call("member", "POST", "/apps", body, "Idempotency-Key", "at-once")))
                    .stream()
                    .map(Future::resultNow)
                    .toList();
        }

        // who comes while the first is under way gets 409, who comes later its answer; how many of each is chance
        assertThat(answers.stream().map(Answer::status)).contains(201).isSubsetOf(201, 409);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() == 201)
                        .map(answer -> answer.body().path("id").asString())
                        .distinct())
                .hasSize(1);
    }

    @Test
    void whileTheFirstCallIsUnderWayItsIdempotencyKeyIsTaken() {
        Map<String, Object> body =
                Map.of("team", "one", "cluster", "sandbox", "namespace", "namespace-one", "name", "under-way");
        portal.call("member", "POST", "/apps", body, "Idempotency-Key", "under-way");
        portal.owner
                .sql("update idempotency_key set status = null, body = null where key = 'under-way'")
                .update();

        Answer answer = portal.call("member", "POST", "/apps", body, "Idempotency-Key", "under-way");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(code(answer)).isEqualTo("idempotency.under-way");
    }

    @Test
    void ofACallWithAnIdempotencyKeyOnlyAHashIsKept() {
        String app = portal.app("kept");
        Issued issued = clients.issue(Wish.client("CN=kept"));
        Answer answer = portal.asks("member", app, issued, partner.certificatePem(), "Idempotency-Key", "kept");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(portal.owner
                        .sql("select k::text from idempotency_key k where key = 'kept'")
                        .query(String.class)
                        .single())
                .doesNotContain(keyBody(issued))
                .doesNotContain("PRIVATE KEY");
    }

    @Test
    void aSaneRequestIdOfTheCallerIsKeptAndAnyOtherReplaced() {
        assertThat(portal.call("member", "GET", "/me", null, "X-Request-Id", "build-42")
                        .raw()
                        .headers()
                        .firstValue("X-Request-Id"))
                .hasValue("build-42");
        assertThat(portal.call("member", "GET", "/me", null, "X-Request-Id", "<script>")
                        .raw()
                        .headers()
                        .firstValue("X-Request-Id")
                        .orElseThrow())
                .startsWith("call_");
    }

    @Test
    void aListIsReadInPartsThatStayPutWhileRowsAreAdded() {
        List<String> made = List.of(portal.app("page-1"), portal.app("page-2"), portal.app("page-3"));
        Answer first = portal.call("member", "GET", "/apps?limit=2");
        portal.app("page-4");

        Answer next = portal.call(
                "member",
                "GET",
                "/apps?limit=200&cursor=" + first.body().path("nextCursor").asString());

        assertThat(ids(first)).containsExactly(made.get(2), made.get(1));
        assertThat(ids(next)).contains(made.get(0)).doesNotContainAnyElementsOf(ids(first));
        assertThat(codes(portal.call("member", "GET", "/apps?cursor=%20"))).containsExactly("cursor.invalid");
    }

    @Test
    void theDescriptionOfTheApiNamesEveryCallOfTheContract() {
        JsonNode paths = portal.description().path("paths");

        assertThat(paths.propertyNames())
                .contains(
                        "/api/v1/me",
                        "/api/v1/teams",
                        "/api/v1/clusters",
                        "/api/v1/gateways",
                        "/api/v1/destinations",
                        "/api/v1/apps",
                        "/api/v1/apps/{id}",
                        "/api/v1/certificates/inspection",
                        "/api/v1/requests",
                        "/api/v1/requests/{id}",
                        "/api/v1/requests/{id}/plan",
                        "/api/v1/requests/{id}/approval",
                        "/api/v1/requests/{id}/rejection",
                        "/api/v1/requests/{id}/withdrawal",
                        "/api/v1/identities",
                        "/api/v1/identities/{id}",
                        "/api/v1/identities/{id}/certificates",
                        "/api/v1/orphans",
                        "/api/v1/missing-objects");
    }

    @Test
    void theDescriptionShowsViewsAsTheyAreSentWithoutTheirSections() {
        JsonNode schemas = portal.description().path("components").path("schemas");

        assertThat(schemas.path("RequestView").path("properties").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "kind",
                        "status",
                        "statusChangedAt",
                        "statusMessage",
                        "waitingReason",
                        "team",
                        "cluster",
                        "app",
                        "appName",
                        "principal",
                        "destination",
                        "host",
                        "identity",
                        "subject",
                        "notAfter",
                        "objects",
                        "requestedBy",
                        "requestedAt",
                        "checks",
                        "approvals",
                        "approvalsNeeded");
        assertThat(schemas.path("RequestDetailView").path("properties").propertyNames())
                .containsExactlyInAnyOrder(
                        "request",
                        "reason",
                        "revision",
                        "planDigest",
                        "certificate",
                        "orphans",
                        "decisions",
                        "policies",
                        "attempts");
        assertThat(schemas.path("IdentityView").path("properties").propertyNames())
                .containsExactlyInAnyOrder(
                        "id",
                        "team",
                        "cluster",
                        "app",
                        "appName",
                        "principal",
                        "destination",
                        "host",
                        "desiredRevision",
                        "appliedRevision",
                        "retiredRevision",
                        "retiring",
                        "subject",
                        "notAfter",
                        "watch",
                        "conditions");
        assertThat(schemas.path("OrphanView").path("properties").propertyNames())
                .containsExactlyInAnyOrder(
                        "cluster",
                        "apiVersion",
                        "kind",
                        "namespace",
                        "name",
                        "uid",
                        "identity",
                        "owner",
                        "cause",
                        "managers",
                        "firstSeenAt",
                        "seenAt",
                        "request");
        assertThat(schemas.propertyNames())
                .doesNotContain(
                        "StandingView",
                        "RequestSubjectView",
                        "IdentitySubjectView",
                        "ContentView",
                        "CallView",
                        "RevisionsView",
                        "LabelledObjectView");
    }

    private static String keyBody(Issued issued) {
        return issued.keyPem().lines().skip(1).findFirst().orElseThrow();
    }
}
