package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** Requests that bring no certificate: retirements and refreshes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetirementApiIT {

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
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
    @ValueSource(strings = {"retire-identity", "refresh"})
    void aCertificateIsNotTakenAndEverythingWrongIsSaidAtOnce(String kind) {
        Issued issued = client("nothing-" + kind);

        Answer answer = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of(
                        "kind",
                        kind,
                        "app",
                        "app_unknown",
                        "destination",
                        "nowhere",
                        "certificate",
                        Map.of("chain", issued.chainPem())));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.body().path("errors"))
                .extracting(error -> error.path("code").asString())
                .containsExactlyInAnyOrder(
                        "certificate.not-taken", "app.unknown", "destination.unknown", "reason.missing");
    }

    @ParameterizedTest
    @ValueSource(strings = {"retire-identity", "refresh"})
    void whereNothingIsAppliedThereIsNothingToRetireOrRefresh(String kind) {
        String app = portal.app("fresh-" + kind);
        asks(app, client("fresh-" + kind));
        withdraw(app);

        Answer answer = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of("kind", kind, "app", app, "destination", "nginx", "reason", "why"));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().path("title").asString()).startsWith("There is nothing to");
    }

    @Test
    void aRetiredIdentityIsGoneFromTheListAndCanBeAskedForAgain() {
        String app = portal.app("leaver");
        Issued issued = client("leaver");
        String identity = portal.applied(app, issued, authority.certificatePem());

        String request = portal.asksWithout("retire-identity", app);
        Answer detail = portal.call("member", "GET", "/requests/" + request);
        assertThat(detail.status()).isEqualTo(200);
        assertThat(detail.body().path("request").path("kind").asString()).isEqualTo("retire-identity");
        assertThat(detail.body().path("certificate").isMissingNode()
                        || detail.body().path("certificate").isNull())
                .isTrue();
        assertThat(portal.owner
                        .sql(
                                "select detail ->> 'kind' || coalesce(detail ->> 'subject', '') || (after_digest is not null)"
                                        + " from audit_event where subject = :id and action = 'request.submitted'")
                        .param("id", request)
                        .query(String.class)
                        .single())
                .isEqualTo("retire-identitytrue");
        assertThat(portal.owner
                        .sql("select count(*) from scheduled_tasks where task_instance = :task")
                        .param("task", request + "#first")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);

        portal.applier.planRetirement(request);
        assertThat(portal.call("admin", "GET", "/requests/" + request + "/plan")
                        .body()
                        .path("objects"))
                .extracting(object -> object.path("action").asString())
                .containsExactly("unchanged", "delete");
        portal.approve(request);
        JsonNode retiring =
                portal.call("member", "GET", "/identities/" + identity).body();
        assertThat(retiring.path("identity").path("retiring").asBoolean()).isTrue();
        assertThat(retiring.path("identity").path("subject").asString()).isEqualTo("CN=leaver");
        assertThat(listed()).contains(identity);
        assertThat(portal.asks("member", portal.app("thief"), issued, authority.certificatePem())
                        .status())
                .as("it is still in use")
                .isEqualTo(422);

        portal.applier.applyRetirement(request);
        JsonNode retired =
                portal.call("member", "GET", "/identities/" + identity).body();
        assertThat(retired.path("identity").path("retiredRevision").asInt()).isEqualTo(2);
        assertThat(retired.path("identity").has("desiredRevision")).isFalse();
        assertThat(retired.path("history")).hasSize(2);
        assertThat(listed()).doesNotContain(identity);
        assertThat(portal.call("member", "GET", "/identities?retired=true")
                        .body()
                        .path("items"))
                .extracting(item -> item.path("id").asString())
                .contains(identity);
        Answer manifests = portal.send("member", "GET", "/identities/" + identity + "/manifests", "", "");
        assertThat(manifests.status()).isEqualTo(404);
        assertThat(manifests.body().path("detail").asString()).contains("deleted from the cluster");
        assertThat(portal.call("member", "GET", "/identities/" + identity + "/certificates")
                        .body()
                        .path("items"))
                .singleElement()
                .satisfies(version ->
                        assertThat(version.path("applied").asBoolean()).isFalse());
        assertThat(portal.asks("member", portal.app("heir"), issued, authority.certificatePem())
                        .status())
                .as("the certificate is free again")
                .isEqualTo(201);

        Answer again = asks(app, client("leaver.again"));
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.body().path("request").path("identity").asString()).isEqualTo(identity);
        assertThat(again.body().path("revision").asInt()).isEqualTo(3);
        String third = again.body().path("request").path("id").asString();
        portal.applier.plan(third);
        portal.approve(third);
        portal.applier.apply(third);
        JsonNode back = portal.call("member", "GET", "/identities/" + identity).body();
        assertThat(back.path("identity").path("appliedRevision").asInt()).isEqualTo(3);
        assertThat(back.path("identity").has("retiredRevision")).isFalse();
    }

    @Test
    void aRefreshGoesOnWithTheCertificateThatIsInUse() {
        String app = portal.app("refreshed");
        String identity = portal.applied(app, client("refreshed"), authority.certificatePem());

        String request = portal.asksWithout("refresh", app);

        JsonNode detail = portal.call("member", "GET", "/requests/" + request).body();
        assertThat(detail.path("request").path("subject").asString()).isEqualTo("CN=refreshed");
        assertThat(detail.path("revision").asInt()).isEqualTo(2);
        portal.applier.plan(request);
        portal.approve(request);
        portal.applier.apply(request);
        assertThat(portal.call("member", "GET", "/identities/" + identity + "/certificates")
                        .body()
                        .path("items"))
                .as("one row for each certificate")
                .singleElement()
                .satisfies(version -> {
                    assertThat(version.path("applied").asBoolean()).isTrue();
                    assertThat(version.path("changes")).isEmpty();
                });
        assertThat(portal.send("member", "GET", "/identities/" + identity + "/manifests", "", "")
                        .raw()
                        .body())
                .contains("kind: Secret");
    }

    @Test
    void oneRequestIsOpenAtATimeWhateverItAsksFor() {
        String app = portal.app("busy");
        portal.applied(app, client("busy"), authority.certificatePem());
        portal.asksWithout("refresh", app);

        Answer second = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of("kind", "retire-identity", "app", app, "destination", "nginx", "reason", "why"));

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.body().path("type").asString()).endsWith("request.already-open");
    }

    @Test
    void aRefreshWaitsUntilWhatWasApprovedIsApplied() {
        String app = portal.app("hasty");
        portal.applied(app, client("hasty"), authority.certificatePem());
        String rotation = portal.call(
                        "member",
                        "POST",
                        "/requests",
                        Map.of(
                                "kind", "rotate-certificate",
                                "app", app,
                                "destination", "nginx",
                                "certificate", certificate(client("hasty.new")),
                                "reason", "why"))
                .body()
                .path("request")
                .path("id")
                .asString();
        portal.applier.plan(rotation);
        portal.approve(rotation);
        portal.owner
                .sql("update request set status = 'failed' where public_id = :id")
                .param("id", rotation)
                .update();

        Answer refresh = portal.call(
                "member",
                "POST",
                "/requests",
                Map.of("kind", "refresh", "app", app, "destination", "nginx", "reason", "why"));

        assertThat(refresh.status()).isEqualTo(409);
        assertThat(refresh.body().path("type").asString()).endsWith("identity.not-settled");
    }

    @Test
    void theShippedPoliciesAboutCertificatesDoNotDenyARetirement() {
        String app = portal.app("long-lived");
        portal.applied(
                app,
                authority.issue(Wish.client("CN=long-lived")
                        .valid(
                                Instant.now().minus(Duration.ofDays(1)),
                                Instant.now().plus(Duration.ofDays(900)))),
                authority.certificatePem());
        for (String policy : List.of("certificate-lifetime", "rsa-3072", "same-identity-renewal")) {
            assertThat(portal.call("admin", "POST", "/policies/" + policy + "/activation", Map.of("version", 1))
                            .status())
                    .isEqualTo(200);
        }
        try {
            String request = portal.asksWithout("retire-identity", app);
            portal.applier.planRetirement(request);
            portal.approve(request);

            JsonNode detail =
                    portal.call("admin", "GET", "/requests/" + request).body();
            assertThat(detail.path("request").path("status").asString()).isEqualTo("approved");
            assertThat(detail.path("policies"))
                    .hasSize(3)
                    .allSatisfy(answer ->
                            assertThat(answer.path("outcome").asString()).isEqualTo("holds-not"));
        } finally {
            for (String policy : List.of("certificate-lifetime", "rsa-3072", "same-identity-renewal")) {
                portal.call("admin", "POST", "/policies/" + policy + "/activation", Map.of());
            }
        }
    }

    @Test
    void anIdentitySaysWhetherSomebodyWatchesIt() {
        String identity = portal.applied(
                portal.app("unwatched"), authority.issue(Wish.client("CN=unwatched")), authority.certificatePem());
        portal.owner.sql("delete from cluster_watch").update();
        assertThat(watch(identity).isMissingNode()).isTrue();

        portal.applier.watched();
        JsonNode watched = watch(identity);
        assertThat(watched.path("current").asBoolean()).isTrue();
        assertThat(Instant.parse(watched.path("seenAt").asString()))
                .isEqualTo(portal.owner
                        .sql("select seen_at from cluster_watch")
                        .query(OffsetDateTime.class)
                        .single()
                        .toInstant());
        assertThat(watched.has("unwatched")).isFalse();

        portal.applier.watched("It may not watch Secrets.");
        assertThat(watch(identity).has("unwatched")).as("another one watches").isFalse();
        portal.applier.unwatchedFor(Duration.ofSeconds(20));
        portal.applier.watched("It may not watch Secrets.");
        assertThat(watch(identity).path("unwatched").asString()).isEqualTo("It may not watch Secrets.");
        portal.applier.unwatchedFor(Duration.ofMinutes(1));
        assertThat(watch(identity).path("current").asBoolean()).isFalse();
    }

    /** What the list says, which is what the identity itself says. */
    private JsonNode watch(String identity) {
        JsonNode own = portal.call("member", "GET", "/identities/" + identity)
                .body()
                .path("identity")
                .path("watch");
        JsonNode listed = portal.call("member", "GET", "/identities?limit=200")
                .body()
                .path("items")
                .valueStream()
                .filter(item -> item.path("id").asString().equals(identity))
                .findFirst()
                .orElseThrow()
                .path("watch");
        assertThat(listed).isEqualTo(own);
        return own;
    }

    @Test
    void whatHappenedInTheClusterIsToldNewestFirstToWhomItIsFor() {
        String identity = portal.applied(portal.app("eventful"), client("eventful"), authority.certificatePem());
        assertThat(portal.call("member", "GET", "/identities/" + identity + "/events")
                        .body()
                        .path("items"))
                .isEmpty();
        portal.applier.event(identity, "restored", "kubectl-edit", "-a\n+b\n", 3);
        portal.applier.event(identity, "removed", "", "It should not be there.", 1);

        JsonNode first = portal.call("member", "GET", "/identities/" + identity + "/events?limit=1")
                .body();
        JsonNode second = portal.call(
                        "member",
                        "GET",
                        "/identities/" + identity + "/events?limit=1&cursor="
                                + first.path("nextCursor").asString())
                .body();

        assertThat(first.path("items").get(0).path("type").asString()).isEqualTo("removed");
        JsonNode restored = second.path("items").get(0);
        assertThat(restored.path("type").asString()).isEqualTo("restored");
        assertThat(restored.path("manager").asString()).isEqualTo("kubectl-edit");
        assertThat(restored.path("detail").asString()).isEqualTo("-a\n+b\n");
        assertThat(restored.path("count").asInt()).isEqualTo(3);
        assertThat(restored.has("lastAt")).isTrue();
        assertThat(second.has("nextCursor")).isFalse();
        assertThat(portal.call("stranger", "GET", "/identities/" + identity + "/events")
                        .status())
                .isEqualTo(404);
    }

    private Issued client(String name) {
        return authority.issue(Wish.client("CN=" + name));
    }

    private Map<String, String> certificate(Issued issued) {
        return Map.of(
                "chain", issued.chainPem(), "privateKey", issued.keyPem(), "caBundle", authority.certificatePem());
    }

    private Answer asks(String app, Issued issued) {
        return portal.asks("member", app, issued, authority.certificatePem());
    }

    private void withdraw(String app) {
        portal.call("member", "GET", "/requests?limit=200").body().path("items").forEach(request -> {
            if (request.path("app").asString().equals(app)) {
                portal.call("member", "POST", "/requests/" + request.path("id").asString() + "/withdrawal", Map.of());
            }
        });
    }

    private List<String> listed() {
        return portal.call("member", "GET", "/identities?limit=200")
                .body()
                .path("items")
                .valueStream()
                .map(item -> item.path("id").asString())
                .toList();
    }
}
