package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Retiring, refreshing and removing, as people do it in the browser; and what an identity's page says while it is kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RetirementPagesIT {

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    private IdentityProviderStub provider;
    private Portal portal;
    private Visitor member;
    private Visitor stranger;
    private Visitor admin;

    @BeforeAll
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "http://localhost:8080");
        member = new Visitor(portal, provider, "member", "one-members");
        stranger = new Visitor(portal, provider, "stranger", "two-members");
        admin = new Visitor(portal, provider, "admin", "platform-admins");
    }

    @AfterAll
    void stop() {
        List.of(member, stranger, admin).forEach(Visitor::close);
        portal.close();
        provider.close();
    }

    @Test
    void anIdentityIsRetiredFromItsPageToTheEnd() {
        String app = portal.app("retiree");
        String identity = portal.applied(app, client("retiree"), authority.certificatePem());
        String form = "/identities/" + identity + "/retirement";

        Page before = member.open("/identities/" + identity);
        assertThat(before.has("a[href=" + form + "]")).isTrue();
        assertThat(admin.open("/identities/" + identity).has("a[href=" + form + "]"))
                .as("only its team retires it")
                .isFalse();
        Page asking = member.open(form);
        assertThat(asking.text("main"))
                .contains("calls to my-nginx.foo.bar may be refused")
                .contains("CN=retiree")
                .contains("namespace-one/app1-client-mtls-secret");

        Page unconfirmed = member.submit(asking, form, Map.of("reason", "not needed any more"));
        assertThat(unconfirmed.status()).isEqualTo(422);
        assertThat(unconfirmed.text("#confirmed-wrong")).contains("Confirm");
        assertThat(unconfirmed.value("#reason")).isEqualTo("not needed any more");
        Page unreasoned = member.submit(asking, form, Map.of("confirmed", "true"));
        assertThat(unreasoned.status()).isEqualTo(422);
        assertThat(unreasoned.has("#reason-wrong")).isTrue();
        Page neither = member.submit(asking, form, Map.of("reason", ""));
        assertThat(neither.html().select(".banner.is-bad li"))
                .as("both at once")
                .hasSize(2);

        Page request = member.submit(asking, form, Map.of("reason", "not needed any more", "confirmed", "true"));
        assertThat(request.path()).startsWith("/requests/req_");
        assertThat(request.text(".flash")).contains("The retirement is asked for");
        assertThat(request.text("h1"))
                .isEqualTo("retiree in namespace-one will no longer present CN=retiree to my-nginx.foo.bar");
        assertThat(request.text(".timeline")).doesNotContain("sealed");
        String id = request.path().substring("/requests/".length());
        Page second = member.submit(member.open(form), form, Map.of("reason", "again", "confirmed", "true"));
        assertThat(second.status()).isEqualTo(409);
        assertThat(second.text("[role=alert]")).contains(id);

        portal.applier.planRetirement(id);
        Page queue = admin.open("/queue");
        assertThat(queue.text("tr:has(a[href*=" + id + "])")).contains("retire").contains("deletes objects");
        Page deciding = admin.open("/requests/" + id);
        assertThat(deciding.text(".banner.is-bad")).contains("1 object will be deleted from the cluster");
        assertThat(deciding.text("#decision")).contains("Approve the deletion");
        assertThat(deciding.text(".pass")).contains("CN=retiree");
        assertThat(deciding.html().select("details.fold .op").eachText()).containsExactly("unchanged", "delete");
        admin.submit(
                deciding, "/requests/" + id + "/decision", Map.of("verdict", "approved", "reason", "agreed by mail"));

        Page retiring = member.open("/identities/" + identity);
        assertThat(retiring.text(".over .badge")).isEqualTo("Retiring");
        assertThat(retiring.text(".lead"))
                .contains("Until its objects are deleted")
                .contains("CN=retiree");
        assertThat(retiring.has("a[href=" + form + "]")).isFalse();
        assertThat(member.open("/identities").text("tr:has(a[href$=" + identity + "])"))
                .contains("Retiring");
        assertThat(member.open("/").status()).isEqualTo(200);

        portal.applier.applyRetirement(id);
        Page done = member.open("/requests/" + id);
        assertThat(done.text("h1")).contains("retiree in namespace-one no longer presents CN=retiree");
        assertThat(done.text(".banners")).contains("The objects are deleted from the cluster");
        assertThat(done.text(".timeline")).contains("Objects deleted, and seen to be gone");
        Page retired = member.open("/identities/" + identity);
        assertThat(retired.status()).isEqualTo(200);
        assertThat(retired.text(".over .badge")).isEqualTo("Retired");
        assertThat(retired.text("main"))
                .contains("This identity is retired")
                .contains("Nothing of it is in the cluster any more")
                .doesNotContain("kubectl exec");
        assertThat(retired.text(".timeline")).contains("not needed any more").contains("a test asks");
        assertThat(retired.has("a[href=" + form + "], .path, #conditions")).isFalse();
        assertThat(member.open("/identities").has("a[href$=" + identity + "]")).isFalse();
        assertThat(member.open("/identities?show=retired").text("tr:has(a[href$=" + identity + "])"))
                .contains("Retired");
        assertThat(stranger.open("/identities?show=retired").has("a[href$=" + identity + "]"))
                .isFalse();
        assertThat(member.open("/identities/" + identity + "/certificates").status())
                .isEqualTo(200);
        Page manifests = member.open("/identities/" + identity + "/manifests.yaml");
        assertThat(manifests.status()).isEqualTo(404);
        assertThat(manifests.text("main")).contains("Its objects were deleted from the cluster");
        assertThat(member.open(form).status()).isEqualTo(409);

        Page removal = member.open("/apps/" + app + "/removal");
        Page removed = member.submit(removal, "/apps/" + app + "/removal", Map.of());
        assertThat(removed.path()).isEqualTo("/apps");
        assertThat(removed.text(".flash")).contains("retiree is removed");
        assertThat(removed.text("main table")).doesNotContain("retiree");
        assertThat(member.open("/identities/" + identity).text("h1")).contains("retiree");
        assertThat(member.open("/requests/" + id).status()).isEqualTo(200);
    }

    @Test
    void anIdentityIsRefreshedFromItsPageAndKeepsItsCertificate() {
        String app = portal.app("stale");
        String identity = portal.applied(app, client("stale"), authority.certificatePem());
        String form = "/identities/" + identity + "/refresh";

        Page request = member.submit(member.open(form), form, Map.of("reason", "after the upgrade"));

        assertThat(request.path()).startsWith("/requests/req_");
        assertThat(request.text("h1"))
                .isEqualTo("stale in namespace-one goes on presenting CN=stale to my-nginx.foo.bar");
        assertThat(request.text("main")).doesNotContain("sealed").doesNotContain("What changes");
        assertThat(stranger.open(form).status()).isEqualTo(404);
    }

    @Test
    void whatIsRemovedAndStillUsedIsRefusedWithLinksToWhatHangsOnIt() {
        String app = portal.app("anchored");
        String identity = portal.applied(app, client("anchored"), authority.certificatePem());

        Page app1 = member.submit(member.open("/apps/" + app + "/removal"), "/apps/" + app + "/removal", Map.of());
        assertThat(app1.status()).isEqualTo(409);
        assertThat(app1.text("[role=alert]"))
                .contains("It still has identities")
                .contains(identity);
        assertThat(app1.has("a[href=/identities/" + identity + "]")).isTrue();
        assertThat(member.open("/apps").has("a[href=/apps/" + app + "/removal]"))
                .isTrue();

        assertThat(member.open("/destinations").has("a[href$=/removal]")).isFalse();
        assertThat(admin.open("/destinations").has("a[href=/destinations/nginx/removal]"))
                .isTrue();
        Page destination =
                admin.submit(admin.open("/destinations/nginx/removal"), "/destinations/nginx/removal", Map.of());
        assertThat(destination.status()).isEqualTo(409);
        assertThat(destination.has("a[href=/identities/" + identity + "]")).isTrue();
        assertThat(member.open("/destinations/nginx/removal").status()).isEqualTo(403);
    }

    @Test
    void everyConditionIsReadableWithItsReasonItsMessageAndSinceWhen() {
        String identity = portal.applied(portal.app("observed"), client("observed"), authority.certificatePem());
        portal.owner.sql("""
                        update condition set status = 'Unknown', reason = 'NotReported', message = 'No controller spoke.'
                        where type = 'WaypointBound' and resource_id = (select id from resource where public_id = :id)
                        """).param("id", identity).update();

        portal.owner.sql("delete from cluster_watch").update();

        Page page = member.open("/identities/" + identity);

        List<String> conditions =
                page.html().select("section[aria-labelledby=conditions] li").eachText();
        assertThat(conditions).hasSize(13).noneMatch(condition -> condition.startsWith("Ready"));
        assertThat(conditions.getFirst())
                .startsWith("WaypointBound Unknown NotReported No controller spoke. since ")
                .contains("UTC");
        assertThat(conditions.get(1)).contains("Applied True Seen It is so. since");
        assertThat(page.text("main")).contains("All 1 objects were as approved.");
    }

    @Test
    void anIdentitysPageSaysFirstWhetherACallGetsThrough() {
        String identity = portal.applied(portal.app("ready"), client("ready"), authority.certificatePem());
        portal.applier.watched();
        Page ready = member.open("/identities/" + identity);
        assertThat(ready.text(".banner.is-ok"))
                .startsWith("Ready: a call gets through")
                .contains("since");

        condition(identity, "GatewayReady", "False", "WaypointUnavailable", "No pod is available.");
        Page broken = member.open("/identities/" + identity);
        assertThat(broken.html().select(".banner").eachText().getFirst()).startsWith("Not ready: calls may fail");
        assertThat(broken.text("main").split("No pod is available", -1))
                .as("once as a problem, once as a condition")
                .hasSize(3);

        condition(identity, "GatewayReady", "Unknown", "Old", "It was reported before istiod went.");
        Page unknown = member.open("/identities/" + identity);
        assertThat(unknown.text(".banner.is-unknown"))
                .startsWith("Not known: whether")
                .contains("GatewayReady: It was reported before istiod went.");
        assertThat(unknown.text(".over .badge")).isEqualTo("Unknown");
    }

    @Test
    void aClusterWithoutIstiodIsExplainedOnce() {
        String identity = portal.applied(portal.app("alone"), client("alone"), authority.certificatePem());
        portal.applier.watched();
        condition(identity, "MeshReporting", "Unknown", "NoIstiod", "No istiod was seen.");
        condition(identity, "RouteAccepted", "Unknown", "NotReported", "Nobody reported on the route.");
        condition(identity, "GatewayReady", "Unknown", "NoWaypoint", "There is no Deployment.");

        Page page = member.open("/identities/" + identity);

        assertThat(page.text("main").split("No istiod was seen", -1)).hasSize(2);
        assertThat(page.text("main"))
                .contains("RouteAccepted Unknown NotReported since")
                .doesNotContain("Nobody reported on the route.", "There is no Deployment.");
    }

    private void condition(String identity, String type, String status, String reason, String message) {
        portal.owner
                .sql("""
                        update condition set status = :status, reason = :reason, message = :message
                        where type = :type and resource_id = (select id from resource where public_id = :id)
                        """)
                .param("status", status)
                .param("reason", reason)
                .param("message", message)
                .param("type", type)
                .param("id", identity)
                .update();
    }

    @Test
    void anIdentityIsInOrderOnlyWhileSomebodyWatches() {
        String identity = portal.applied(portal.app("watched"), client("watched"), authority.certificatePem());
        portal.owner.sql("delete from cluster_watch").update();
        Page never = member.open("/identities/" + identity);
        assertThat(never.text(".over .badge")).isEqualTo("Unknown");
        assertThat(never.text(".banner.is-unknown"))
                .contains("Nothing was ever heard of the applier of cluster sandbox");

        portal.owner.sql("""
                        update condition set observed_at = observed_at - interval '3 days'
                        where resource_id = (select id from resource where public_id = :id)
                        """).param("id", identity).update();
        portal.applier.watched();
        Page watched = member.open("/identities/" + identity);
        assertThat(watched.text(".over .badge")).isEqualTo("In order");
        assertThat(watched.has(".banner.is-unknown")).isFalse();
        assertThat(watched.text("section[aria-labelledby=path] .panel-head")).contains("seen just now");
        assertThat(watched.text("section[aria-labelledby=path]")).contains("objects are as approved");
        assertThat(member.open("/identities").text("tr:has(a[href$=" + identity + "])"))
                .contains("In order");
        assertThat(admin.open("/").text("main")).doesNotContain("Nobody watches");

        portal.applier.unwatchedFor(Duration.ofMinutes(3));
        Page silent = member.open("/identities/" + identity);
        assertThat(silent.text(".over .badge")).isEqualTo("Unknown");
        assertThat(silent.text(".banner.is-unknown"))
                .contains("The applier of cluster sandbox has not been heard of since")
                .contains("UTC")
                .contains("Tell a platform admin");
        assertThat(silent.text("section[aria-labelledby=path] .panel-head")).containsPattern("seen \\d+ min ago");
        assertThat(silent.text("section[aria-labelledby=path]")).contains("objects were as approved");
        assertThat(silent.text(".lead")).contains("should present");
        assertThat(silent.has(".leg-mtls")).as("drawn as mutual TLS").isFalse();
        assertThat(member.open("/identities").text("tr:has(a[href$=" + identity + "])"))
                .contains("Unknown");
        assertThat(admin.open("/").text("main")).contains("Nobody watches cluster sandbox");
        assertThat(member.open("/").text("main")).doesNotContain("Nobody watches");
        assertThat(admin.open("/orphans").text("main"))
                .contains("The applier of cluster sandbox has not been heard of since")
                .doesNotContain("nothing is missing");

        portal.applier.watched("The applier may not watch Secrets: “secrets is forbidden”.");
        Page partly = member.open("/identities/" + identity);
        assertThat(partly.text(".over .badge")).isEqualTo("Unknown");
        assertThat(partly.text(".banner.is-unknown"))
                .contains("does not see everything")
                .contains("secrets is forbidden");
        assertThat(partly.text("section[aria-labelledby=path] .panel-head")).contains("seen 3 days ago");
        assertThat(admin.open("/").text("main")).contains("secrets is forbidden");
    }

    @Test
    void whatHappenedInTheClusterSaysWhoWhatHowOftenAndWhen() {
        String identity = portal.applied(portal.app("edited"), client("edited"), authority.certificatePem());
        assertThat(member.open("/identities/" + identity).text("section[aria-labelledby=events]"))
                .contains("Nobody has changed or deleted an object");
        portal.applier.event(
                identity, "restored", "kubectl-edit", "@@ -1 +1 @@\n-  port: 443\n+  port: <b>8443</b>\n", 3);
        portal.applier.event(identity, "removed", "", "It was left over.", 1);

        Page page = member.open("/identities/" + identity);
        List<String> events =
                page.html().select("section[aria-labelledby=events] details").eachText();
        assertThat(events).hasSize(2);
        assertThat(events.getFirst())
                .contains("removed")
                .contains("Who did it is not known")
                .contains("It was left over.");
        assertThat(events.getLast())
                .contains("restored")
                .contains("Secret")
                .contains("namespace-one/app1-client-mtls-secret")
                .contains("By kubectl-edit, 3 times")
                .contains("port: <b>8443</b>");

        for (int i = 0; i < 10; i++) {
            portal.applier.event(identity, "restored", "kubectl", "It was deleted.", 1);
        }
        Page first = member.open("/identities/" + identity);
        assertThat(first.html().select("section[aria-labelledby=events] details"))
                .hasSize(10);
        Page second = member.open(first.html()
                .select("section[aria-labelledby=events] a[href*=events]")
                .attr("href"));
        assertThat(second.html().select("section[aria-labelledby=events] details"))
                .hasSize(2);
    }

    @Test
    void aClusterThatIsOnlyReportedOnIsSaidToBe() {
        String identity = portal.applied(portal.app("reported"), client("reported"), authority.certificatePem());
        assertThat(member.open("/identities/" + identity).text("main")).doesNotContain("only reported");
        portal.call("admin", "PATCH", "/clusters/sandbox", Map.of("drift", "report-only"));
        try {
            assertThat(member.open("/identities/" + identity).text("main"))
                    .contains("Changes in this cluster are only reported");
        } finally {
            portal.call("admin", "PATCH", "/clusters/sandbox", Map.of("drift", "restore"));
        }
    }

    private Issued client(String name) {
        return authority.issue(Wish.client("CN=" + name));
    }
}
