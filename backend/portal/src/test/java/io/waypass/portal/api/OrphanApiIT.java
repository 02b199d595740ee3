package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.cluster.CleaningOutcome;
import io.waypass.cluster.OrphanStore;
import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Orphans and cleanings over the API. */
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
        assertThat(orphan.has("cleaning")).isFalse();
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
        Answer asked = ask("admin", uids);
        assertThat(asked.status()).isEqualTo(201);
        String id = asked.body().path("cleaning").path("id").asString();
        String digest = asked.body().path("digest").asString();
        assertThat(asked.raw().headers().firstValue("Location")).contains("/api/v1/cleanings/" + id);
        assertThat(orphan(uids.get(0)).orElseThrow().path("cleaning").asString())
                .isEqualTo(id);

        Answer approved = decide("admin2", id, "approval", digest);

        assertThat(approved.body().path("cleaning").path("status").asString()).isEqualTo("approved");
        assertThat(approved.body().path("decision").path("decidedBy").asString())
                .isEqualTo("The admin2");
        OrphanStore work = portal.applier.orphanStore();
        OrphanStore.CleaningJob job = work.cleaningJob(id).orElseThrow();
        work.cleaned(
                job,
                List.of(
                        new OrphanStore.Cleaned(job.objects().get(0), CleaningOutcome.DELETED, Optional.empty()),
                        new OrphanStore.Cleaned(
                                job.objects().get(1), CleaningOutcome.KEPT, Optional.of("It is somebody's."))));
        JsonNode done = portal.call("admin", "GET", "/cleanings/" + id).body();
        assertThat(done.path("cleaning").path("status").asString()).isEqualTo("done");
        assertThat(done.path("objects").path(0).path("outcome").asString()).isEqualTo("deleted");
        assertThat(done.path("objects").path(1).path("message").asString()).isEqualTo("It is somebody's.");
        assertThat(orphan(uids.get(0))).isEmpty();
        assertThat(ids("/cleanings?status=done")).contains(id);
        assertThat(ids("/cleanings?status=pending")).doesNotContain(id);
    }

    @Test
    void whoAskedCannotDecideAndWhoIsSecondIsTold() {
        String id = asked("second");
        String digest = digest(id);

        Answer own = decide("admin", id, "approval", digest);
        assertThat(own.status()).isEqualTo(403);
        assertThat(own.body().path("type").asString()).isEqualTo("/problems/decision.own-cleaning");
        Answer stale = decide("admin2", id, "approval", "sha256:" + "0".repeat(64));
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.body().path("type").asString()).isEqualTo("/problems/cleaning.stale-digest");
        assertThat(decide("admin2", id, "rejection", digest).status()).isEqualTo(200);
        Answer late = decide("admin3", id, "approval", digest);
        assertThat(late.status()).isEqualTo(409);
        assertThat(late.body().path("detail").asString()).contains("The admin2 rejected it at");
    }

    @Test
    void whoAskedMayWithdrawAndADecisionHoldsTheETag() {
        String id = asked("withdrawn");
        String etag = portal.call("admin2", "GET", "/cleanings/" + id)
                .raw()
                .headers()
                .firstValue("ETag")
                .orElseThrow();
        assertThat(portal.call("admin2", "POST", "/cleanings/" + id + "/withdrawal", Map.of("reason", "x"))
                        .status())
                .isEqualTo(403);

        Answer withdrawn = portal.call(
                "admin", "POST", "/cleanings/" + id + "/withdrawal", Map.of("reason", "Needed."), "If-Match", etag);

        assertThat(withdrawn.body().path("cleaning").path("status").asString()).isEqualTo("withdrawn");
        assertThat(portal.call(
                                "admin2",
                                "POST",
                                "/cleanings/" + id + "/approval",
                                Map.of("digest", digest(id), "reason", "x"),
                                "If-Match",
                                etag)
                        .status())
                .isEqualTo(412);
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnce() {
        Answer wrong = portal.call("admin", "POST", "/cleanings", Map.of());
        assertThat(pointers(wrong)).containsExactly("/cluster", "/uids", "/reason");
        assertThat(pointers(ask("admin", List.of("never")))).containsExactly("/uids/0");
        assertThat(pointers(portal.call(
                        "admin2", "POST", "/cleanings/" + asked("wrong") + "/approval", Map.of("reason", "x"))))
                .containsExactly("/digest");
        String uid = portal.applier.orphan("twice");
        ask("admin", List.of(uid));
        Answer again = ask("admin2", List.of(uid));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("type").asString()).isEqualTo("/problems/cleaning.already-open");
        assertThat(portal.call("admin", "GET", "/cleanings?status=lost").status())
                .isEqualTo(422);
        assertThat(portal.call("admin", "GET", "/cleanings/cln_never").status()).isEqualTo(404);
    }

    private String asked(String name) {
        return ask("admin", List.of(portal.applier.orphan(name)))
                .body()
                .path("cleaning")
                .path("id")
                .asString();
    }

    private Answer ask(String who, List<String> uids) {
        return portal.call(
                who, "POST", "/cleanings", Map.of("cluster", "sandbox", "uids", uids, "reason", "They are left over."));
    }

    private Answer decide(String who, String id, String what, String digest) {
        return portal.call(
                who, "POST", "/cleanings/" + id + "/" + what, Map.of("digest", digest, "reason", "I looked."));
    }

    private String digest(String id) {
        return portal.call("admin", "GET", "/cleanings/" + id)
                .body()
                .path("digest")
                .asString();
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
