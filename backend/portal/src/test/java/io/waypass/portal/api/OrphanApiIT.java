package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.cluster.RemovalOutcome;
import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.request.NewRequest;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Orphans, and their removal, over the API. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrphanApiIT {

    private Portal portal;

    @BeforeAll
    void start() {
        portal = new Portal();
        portal.person("admin2", "platform-admins");
        portal.person("admin3", "platform-admins");
    }

    @AfterAll
    void stop() {
        portal.close();
    }

    @Test
    void anOrphanIsReportedWithWhatThereIsToKnowOfIt() {
        String uid = portal.applier.orphan("known");

        JsonNode orphan = orphan(uid).orElseThrow();

        assertThat(orphan.path("kind").asString()).isEqualTo("Secret");
        assertThat(orphan.path("namespace").asString()).isEqualTo("namespace-one");
        assertThat(orphan.path("name").asString()).isEqualTo("known");
        assertThat(orphan.path("cause").asString()).isEqualTo("unclaimed");
        assertThat(orphan.path("managers").asString()).isEqualTo("kubectl");
        assertThat(orphan.path("firstSeenAt").asString()).endsWith("Z");
        assertThat(orphan.has("request")).isFalse();
        assertThat(portal.call("admin", "GET", "/orphans?cluster=nowhere")
                        .body()
                        .path("items"))
                .isEmpty();
    }

    @Test
    void theReportIsReadInParts() {
        List<String> uids = List.of(
                portal.applier.orphan("part-1"), portal.applier.orphan("part-2"), portal.applier.orphan("part-3"));

        List<String> read = new ArrayList<>();
        String path = "/orphans?cluster=sandbox&limit=1";
        Optional<String> cursor = Optional.of("");
        while (cursor.isPresent()) {
            Answer part = portal.call("admin", "GET", path + (cursor.get().isEmpty() ? "" : "&cursor=" + cursor.get()));
            part.body().path("items").forEach(item -> read.add(item.path("uid").asString()));
            cursor = part.body().path("nextCursor").asStringOpt();
        }

        assertThat(read).containsSubsequence(uids).doesNotHaveDuplicates();
    }

    @Test
    void anObjectThatAnIdentityLacksIsReportedWithTheIdentity() {
        TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
        Issued issued = authority.issue(Wish.client("CN=lacking"));
        String request = portal.asks("member", portal.app("lacking"), issued, authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();
        String digest = portal.applier.plan(request);
        String identity = portal.call(
                        "admin", "POST", "/requests/" + request + "/approval", Map.of("digest", digest, "reason", "x"))
                .body()
                .path("request")
                .path("identity")
                .asString();
        portal.applier.apply(request);
        portal.owner.sql("update observed_object set state = 'missing'").update();

        JsonNode missing = portal.call("admin", "GET", "/missing-objects?cluster=sandbox")
                .body()
                .path("items")
                .path(0);

        assertThat(missing.path("identity").asString()).isEqualTo(identity);
        assertThat(missing.path("app").asString()).isEqualTo("lacking");
        assertThat(missing.path("team").asString()).isEqualTo("one");
        assertThat(missing.path("name").asString()).isEqualTo("app1-client-mtls-secret");
    }

    @Test
    void oneAsksAnotherApprovesTheListAndTheApplierSaysWhatBecameOfEach() {
        List<String> uids = List.of(portal.applier.orphan("go-1"), portal.applier.orphan("go-2"));
        Answer asked = portal.asksForRemoval("admin", uids);
        assertThat(asked.status()).isEqualTo(201);
        JsonNode request = asked.body().path("request");
        String id = request.path("id").asString();
        assertThat(asked.raw().headers().firstValue("Location")).contains("/api/v1/requests/" + id);
        assertThat(request.path("kind").asString()).isEqualTo("remove-orphans");
        assertThat(request.path("status").asString()).isEqualTo("planning");
        assertThat(request.path("cluster").asString()).isEqualTo("sandbox");
        assertThat(request.path("objects").asInt()).isEqualTo(2);
        assertThat(request.propertyNames())
                .as("what only an identity has")
                .doesNotContain(
                        "team",
                        "app",
                        "appName",
                        "principal",
                        "destination",
                        "host",
                        "identity",
                        "subject",
                        "notAfter");
        assertThat(asked.body().path("orphans").path(0).path("uid").asString()).isEqualTo(uids.get(0));
        assertThat(asked.body().path("orphans").path(0).path("orphan").asBoolean())
                .isTrue();
        assertThat(asked.body().path("orphans").path(0).has("outcome")).isFalse();
        assertThat(orphan(uids.get(0)).orElseThrow().path("request").asString()).isEqualTo(id);
        String digest = portal.applier.planRemoval(id);
        assertThat(portal.call("admin2", "GET", "/requests/" + id + "/plan")
                        .body()
                        .path("objects")
                        .path(1)
                        .path("action")
                        .asString())
                .isEqualTo("delete");

        Answer approved = decide("admin2", id, "approval", digest);

        assertThat(approved.body().path("request").path("status").asString()).isEqualTo("approved");
        assertThat(approved.body().path("decisions").path(0).path("decidedBy").asString())
                .isEqualTo("The admin2");
        portal.applier.removed(id, RemovalOutcome.DELETED);
        JsonNode half = portal.call("admin", "GET", "/requests/" + id).body();
        assertThat(half.path("request").path("status").asString()).isEqualTo("applying");
        assertThat(half.path("orphans").path(0).path("outcome").asString()).isEqualTo("deleted");
        portal.applier.removed(id, RemovalOutcome.DELETED, RemovalOutcome.KEPT);
        JsonNode done = portal.call("admin", "GET", "/requests/" + id).body();
        assertThat(done.path("request").path("status").asString()).isEqualTo("applied");
        assertThat(done.path("orphans").path(0).path("outcome").asString()).isEqualTo("deleted");
        assertThat(done.path("orphans").path(0).path("orphan").asBoolean()).isFalse();
        assertThat(done.path("orphans").path(1).path("outcome").asString()).isEqualTo("kept");
        assertThat(done.path("orphans").path(1).path("message").asString()).isEqualTo("It is somebody’s by now.");
        assertThat(orphan(uids.get(0))).isEmpty();
        assertThat(ids("/requests?kind=remove-orphans&status=applied")).contains(id);
        assertThat(ids("/requests?kind=remove-orphans&status=pending")).doesNotContain(id);
        assertThat(ids("/requests?kind=refresh")).doesNotContain(id);
    }

    @Test
    void whatTheApplierSaysOfAnObjectChangesTheETag() {
        String id = asked("tagged");
        decide("admin2", id, "approval", portal.applier.planRemoval(id));
        portal.applier.removalFails(id, "403 Forbidden: secrets is forbidden");
        String before = etag(id);
        portal.applier.orphan("tagged-2");
        portal.owner.sql("delete from orphan_object where name = 'tagged'").update();

        assertThat(etag(id)).isNotEqualTo(before);
        assertThat(portal.call("admin", "GET", "/requests/" + id)
                        .body()
                        .path("request")
                        .path("statusMessage")
                        .asString())
                .contains("secrets is forbidden");
    }

    @Test
    void whoAskedCannotDecideAndWhoIsSecondIsTold() {
        String id = asked("second");
        String digest = portal.applier.planRemoval(id);

        Answer own = decide("admin", id, "approval", digest);
        assertThat(own.status()).isEqualTo(403);
        assertThat(own.body().path("type").asString()).isEqualTo("/problems/decision.own-request");
        Answer stale = decide("admin2", id, "approval", "sha256:" + "0".repeat(64));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.body().path("type").asString()).isEqualTo("/problems/decision.stale-digest");
        assertThat(decide("admin2", id, "rejection", digest).status()).isEqualTo(200);
        Answer late = decide("admin3", id, "approval", digest);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.body().path("detail").asString()).contains("The admin2 rejected it at");
    }

    @Test
    void whoAskedMayWithdrawAndADecisionHoldsTheETag() {
        String id = asked("withdrawn");
        String digest = portal.applier.planRemoval(id);
        String etag = etag(id);
        assertThat(portal.call("admin2", "POST", "/requests/" + id + "/withdrawal", Map.of("reason", "x"))
                        .status())
                .isEqualTo(403);

        Answer withdrawn = portal.call(
                "admin", "POST", "/requests/" + id + "/withdrawal", Map.of("reason", "Needed."), "If-Match", etag);

        assertThat(withdrawn.body().path("request").path("status").asString()).isEqualTo("withdrawn");
        assertThat(portal.call(
                                "admin2",
                                "POST",
                                "/requests/" + id + "/approval",
                                Map.of("digest", digest, "reason", "x"),
                                "If-Match",
                                etag)
                        .status())
                .isEqualTo(412);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        Answer wrong = portal.call("admin", "POST", "/requests", Map.of("kind", "remove-orphans"));
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(pointers(wrong)).containsExactly("/cluster", "/uids", "/reason");
        assertThat(pointers(portal.asksForRemoval("admin", List.of("never")))).containsExactly("/uids/0");
        assertThat(pointers(portal.asksForRemoval(
                        "admin",
                        IntStream.rangeClosed(0, NewRequest.OfOrphans.MOST_OBJECTS)
                                .mapToObj(i -> "uid-" + i)
                                .toList())))
                .containsExactly("/uids");
        String id = asked("wrong");
        portal.applier.planRemoval(id);
        assertThat(pointers(portal.call("admin2", "POST", "/requests/" + id + "/approval", Map.of("reason", "x"))))
                .containsExactly("/digest");
        String uid = portal.applier.orphan("twice");
        portal.asksForRemoval("admin", List.of(uid));
        Answer again = portal.asksForRemoval("admin2", List.of(uid));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("type").asString()).isEqualTo("/problems/orphan.already-asked-for");
    }

    @Test
    void whatAKindDoesNotHaveIsRefused() {
        Answer removal = portal.call(
                "admin",
                "POST",
                "/requests",
                Map.of(
                        "kind", "remove-orphans",
                        "cluster", "sandbox",
                        "uids", List.of("uid"),
                        "app", "app_1",
                        "destination", "nginx",
                        "certificate", Map.of(),
                        "reason", "x"));
        assertThat(removal.status()).isEqualTo(422);
        assertThat(pointers(removal)).containsExactly("/app", "/destination", "/certificate");
        Answer identity = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of(
                        "kind", "refresh",
                        "app", portal.app("mixed-up"),
                        "destination", "nginx",
                        "cluster", "sandbox",
                        "uids", List.of(),
                        "reason", "x"));
        assertThat(identity.status()).isEqualTo(422);
        assertThat(pointers(identity)).containsExactly("/cluster", "/uids");
        assertThat(identity.body().path("errors").path(0).path("message").asString())
                .isEqualTo("A request of the kind refresh has no “cluster”. Leave it out.");
        Answer parts = portal.form("admin", "/requests", List.of(Portal.FormPart.text("kind", "remove-orphans")));
        assertThat(parts.status()).isEqualTo(422);
        assertThat(pointers(parts)).containsExactly("/kind");
    }

    @Test
    void theSameCallWithTheSameKeyAsksOnce() {
        List<String> uids = List.of(portal.applier.orphan("once"));

        Answer first = portal.asksForRemoval("admin", uids, "Idempotency-Key", "once");
        Answer second = portal.asksForRemoval("admin", uids, "Idempotency-Key", "once");

        assertThat(second.status()).isEqualTo(201);
        assertThat(id(second)).isEqualTo(id(first));
    }

    private String asked(String name) {
        return id(portal.asksForRemoval("admin", List.of(portal.applier.orphan(name))));
    }

    private static String id(Answer answer) {
        return answer.body().path("request").path("id").asString();
    }

    private Answer decide(String who, String id, String what, String digest) {
        return portal.call(
                who, "POST", "/requests/" + id + "/" + what, Map.of("digest", digest, "reason", "I looked."));
    }

    private String etag(String id) {
        return portal.call("admin2", "GET", "/requests/" + id)
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow();
    }

    private Optional<JsonNode> orphan(String uid) {
        for (JsonNode item : portal.call("admin", "GET", "/orphans?cluster=sandbox&limit=200")
                .body()
                .path("items")) {
            if (item.path("uid").asString().equals(uid)) {
                return Optional.of(item);
            }
        }
        return Optional.empty();
    }

    private List<String> ids(String path) {
        List<String> ids = new ArrayList<>();
        portal.call("admin", "GET", path)
                .body()
                .path("items")
                .forEach(item -> ids.add(item.path("id").asString()));
        return ids;
    }

    private static List<String> pointers(Answer answer) {
        List<String> pointers = new ArrayList<>();
        answer.body()
                .path("errors")
                .forEach(error -> pointers.add(error.path("pointer").asString()));
        return pointers;
    }
}
