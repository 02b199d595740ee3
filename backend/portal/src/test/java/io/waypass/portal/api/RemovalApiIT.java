package io.waypass.portal.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.Portal.Answer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** Removing apps, destinations and teams: refused with the list of what hangs on them, and then history stays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RemovalApiIT {

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

    @Test
    void anAppIsRemovedOnceItsIdentitiesAreRetiredAndItsHistoryStays() {
        String app = portal.app("removed");
        String identity = portal.applied(app, client("removed"), authority.certificatePem());
        String request = history(identity).get(0).path("id").asString();

        Answer refused = portal.call("member", "DELETE", "/apps/" + app);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("type").asString()).endsWith("app.in-use");
        assertThat(refused.body().path("detail").asString()).contains(identity + " (removed → my-nginx.foo.bar)");
        assertThat(refused.body().path("identities"))
                .singleElement()
                .satisfies(named -> assertThat(named.path("id").asString()).isEqualTo(identity));

        portal.retire(app);
        assertThat(portal.call("member", "DELETE", "/apps/" + app).status()).isEqualTo(204);
        assertThat(portal.call("member", "GET", "/apps/" + app).status()).isEqualTo(404);
        assertThat(portal.call("member", "DELETE", "/apps/" + app).status()).isEqualTo(404);
        assertThat(portal.call("member", "GET", "/requests/" + request).status())
                .isEqualTo(200);
        assertThat(history(identity)).hasSize(2);
        Answer asked = portal.asks("member", app, client("removed.again"), authority.certificatePem());
        assertThat(asked.status()).isEqualTo(422);
        assertThat(asked.body().path("errors"))
                .extracting(error -> error.path("code").asString())
                .containsExactly("app.unknown");
        assertThat(portal.owner
                        .sql(
                                "select before_digest is not null and after_digest is null from audit_event where action = 'app.removed' and subject = :app")
                        .param("app", app)
                        .query(Boolean.class)
                        .single())
                .isTrue();

        String again = portal.app("removed");
        assertThat(again).isNotEqualTo(app);
        assertThat(portal.applied(again, client("removed.new"), authority.certificatePem()))
                .isNotEqualTo(identity);
    }

    @Test
    void anOpenRequestKeepsAnAppAndOneThatEndedDoesNot() {
        String app = portal.app("asking");
        String request = portal.asks("member", app, client("asking"), authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();

        assertThat(portal.call("member", "DELETE", "/apps/" + app).status()).isEqualTo(409);
        portal.call("member", "POST", "/requests/" + request + "/withdrawal", Map.of());
        assertThat(portal.call("member", "DELETE", "/apps/" + app).status()).isEqualTo(204);
    }

    @Test
    void whatIsAskedForWhileItIsBeingRemovedIsRefusedAndStoresNothing() {
        String app = portal.app("fading");
        Issued issued = client("fading");

        Answer answer = portal.whileRemoving(app, () -> portal.asks("member", app, issued, authority.certificatePem()));

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.body().path("type").asString()).endsWith("request.removed-meanwhile");
        assertThat(portal.owner
                        .sql("select count(*) from identity i join app a on a.id = i.app_id where a.public_id = :app")
                        .param("app", app)
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aDestinationIsRemovedAndItsNamesAreGivenAgain() {
        destination("passing", "passing.partner.example", "se-one");
        String app = portal.app("visitor");
        String identity = applied(app, "passing", "visitor");
        assertThat(secretOf(identity)).isEqualTo("visitor-client-mtls-secret");
        String second = portal.app("other-visitor");
        portal.applied(second, client("other-visitor"), authority.certificatePem());
        String further = applied(second, "passing", "other-visitor.passing");
        assertThat(secretOf(further)).isEqualTo("other-visitor.passing-client-mtls-secret");

        Answer refused = portal.call("admin", "DELETE", "/destinations/passing");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.body().path("identities")).hasSize(2);
        retire(app, "passing");
        retire(second, "passing");
        assertThat(portal.call("admin", "DELETE", "/destinations/passing").status())
                .isEqualTo(204);
        assertThat(portal.call("member", "GET", "/destinations/passing").status())
                .isEqualTo(404);
        assertThat(portal.call("member", "GET", "/destinations").body().path("items"))
                .extracting(item -> item.path("slug").asString())
                .doesNotContain("passing");
        JsonNode old = portal.call("member", "GET", "/identities/" + identity).body();
        assertThat(old.path("identity").path("host").asString()).isEqualTo("passing.partner.example");

        destination("passing", "other.partner.example", "se-two");
        assertThat(portal.call(
                                "member",
                                "GET",
                                "/requests/"
                                        + history(identity).get(0).path("id").asString())
                        .body()
                        .path("request")
                        .path("host")
                        .asString())
                .isEqualTo("passing.partner.example");
        String newer = asked(second, "passing", "other-visitor.passing.new")
                .path("identity")
                .asString();
        assertThat(newer).isNotEqualTo(further);
        assertThat(secretOf(newer)).isEqualTo("other-visitor.passing.2-client-mtls-secret");
        assertThat(portal.call("admin", "PATCH", "/destinations/passing", Map.of("approvals", 2))
                        .body()
                        .path("host")
                        .asString())
                .isEqualTo("other.partner.example");
    }

    @Test
    void aTeamIsRemovedOnceItHasNoAppsAndItsSlugStaysItsOwn() {
        portal.person("leaver", "leavers");
        assertThat(team("leavers").status()).isEqualTo(201);
        String app = portal.call(
                        "leaver",
                        "POST",
                        "/apps",
                        Map.of(
                                "team", "leavers",
                                "cluster", "sandbox",
                                "namespace", "namespace-leavers",
                                "name", "last"))
                .body()
                .path("id")
                .asString();
        portal.asks("leaver", app, client("last"), authority.certificatePem());

        assertThat(portal.call("admin", "DELETE", "/teams/leavers")
                        .body()
                        .path("type")
                        .asString())
                .endsWith("team.in-use");
        portal.owner
                .sql(
                        "update request set status = 'withdrawn' where team_id = (select id from team where slug = 'leavers')")
                .update();
        Answer hasApps = portal.call("admin", "DELETE", "/teams/leavers");
        assertThat(hasApps.status()).isEqualTo(409);
        assertThat(hasApps.body().path("type").asString()).endsWith("team.has-apps");
        assertThat(hasApps.body().path("apps").get(0).path("id").asString()).isEqualTo(app);
        assertThat(portal.call("leaver", "DELETE", "/apps/" + app).status()).isEqualTo(204);
        assertThat(portal.call("admin", "DELETE", "/teams/leavers").status()).isEqualTo(204);

        assertThat(portal.call("leaver", "GET", "/me").body().path("teams")).isEmpty();
        assertThat(portal.call("leaver", "GET", "/requests").body().path("items"))
                .isEmpty();
        assertThat(portal.call("admin", "GET", "/requests?team=leavers").body().path("items"))
                .hasSize(1);
        assertThat(portal.call("admin", "GET", "/teams/leavers").status()).isEqualTo(404);
        Answer again = team("leavers");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body().path("detail").asString()).contains("There was a team leavers");
        assertThat(portal.call(
                                "admin",
                                "POST",
                                "/teams",
                                Map.of(
                                        "slug",
                                        "heirs",
                                        "displayName",
                                        "Heirs",
                                        "groups",
                                        List.of("heirs"),
                                        "namespaces",
                                        List.of(Map.of("cluster", "sandbox", "namespace", "namespace-leavers"))))
                        .status())
                .as("its namespace is free")
                .isEqualTo(201);
    }

    private Answer team(String slug) {
        return portal.call(
                "admin",
                "POST",
                "/teams",
                Map.of(
                        "slug",
                        slug,
                        "displayName",
                        slug,
                        "groups",
                        List.of(slug),
                        "namespaces",
                        List.of(Map.of("cluster", "sandbox", "namespace", "namespace-" + slug))));
    }

    private void destination(String slug, String host, String entry) {
        assertThat(portal.call(
                                "admin",
                                "POST",
                                "/destinations",
                                Map.of(
                                        "slug", slug,
                                        "displayName", slug,
                                        "cluster", "sandbox",
                                        "gateway", "istio-egress/egress",
                                        "host", host,
                                        "sharedServiceEntry", entry))
                        .status())
                .isEqualTo(201);
    }

    private String applied(String app, String destination, String subject) {
        JsonNode asked = asked(app, destination, subject);
        String request = asked.path("id").asString();
        portal.applier.plan(request);
        portal.approve(request);
        portal.applier.apply(request);
        return asked.path("identity").asString();
    }

    private JsonNode asked(String app, String destination, String subject) {
        Issued issued = client(subject);
        return portal.call(
                        "member",
                        "POST",
                        "/requests",
                        Map.of(
                                "kind",
                                "create-identity",
                                "app",
                                app,
                                "destination",
                                destination,
                                "certificate",
                                Map.of(
                                        "chain", issued.chainPem(),
                                        "privateKey", issued.keyPem(),
                                        "caBundle", authority.certificatePem()),
                                "reason",
                                "a test asks"))
                .body()
                .path("request");
    }

    private void retire(String app, String destination) {
        String request = portal.call(
                        "member",
                        "POST",
                        "/requests",
                        Map.of("kind", "retire-identity", "app", app, "destination", destination, "reason", "why"))
                .body()
                .path("request")
                .path("id")
                .asString();
        portal.applier.planRetirement(request);
        portal.approve(request);
        portal.applier.applyRetirement(request);
    }

    private String secretOf(String identity) {
        return portal.owner
                .sql("select i.secret_name from identity i join resource rs on rs.id = i.id where rs.public_id = :id")
                .param("id", identity)
                .query(String.class)
                .single();
    }

    private List<JsonNode> history(String identity) {
        return portal.call("member", "GET", "/identities/" + identity)
                .body()
                .path("history")
                .valueStream()
                .toList();
    }

    private Issued client(String name) {
        return authority.issue(Wish.client("CN=" + name));
    }
}
