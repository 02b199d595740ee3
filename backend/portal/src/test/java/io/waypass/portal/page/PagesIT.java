package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of apps, requests, plans, decisions and identities. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {

    private static final String PLACE = "sandbox/namespace-one";

    private PageFixtures pages;
    private TestCertificateAuthority clients;
    private Portal portal;
    private Visitor member;
    private Visitor stranger;
    private Visitor admin;
    private Visitor adminAndMember;

    @BeforeAll
    void start() {
        pages = new PageFixtures();
        clients = pages.clients;
        portal = pages.portal;
        member = pages.member;
        stranger = pages.stranger;
        admin = pages.admin;
        adminAndMember = pages.adminAndMember;
    }

    @AfterAll
    void stop() {
        pages.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/apps", "/apps/new", "/requests", "/requests/new", "/identities", "/destinations"})
    void everyPageIsDrawnForEveryoneWithoutInlineScriptOrStyle(String path) {
        for (Visitor visitor : List.of(member, stranger, admin, adminAndMember)) {
            Page page = visitor.open(path);

            assertThat(page.status()).isEqualTo(200);
            assertThat(page.text("h1")).isNotBlank();
            assertThat(page.source()).doesNotContain("??").doesNotContain("th:");
            assertThat(page.has("[style], style, script:not([src])")).isFalse();
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .startsWith("default-src 'none'");
        }
    }

    @Test
    void anAppThatIsRegisteredIsListedAndSaidOnce() {
        Page listed = register("listed", PLACE, "");

        assertThat(listed.path()).isEqualTo("/apps");
        assertThat(listed.text(".flash")).contains("listed is registered");
        assertThat(listed.text("main table")).contains("listed").contains("namespace-one");
        assertThat(member.open("/apps").has(".flash")).isFalse();
        assertThat(stranger.open("/apps").text("main")).doesNotContain("listed");
    }

    @Test
    void aForeignNamespaceIsSaidBesideItsField() {
        Page refused = register("greedy", "sandbox/namespace-two", "greedy-account");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("#place-wrong")).contains("namespace-two").contains("does not belong to team one");
        assertThat(refused.html().select("#place").attr("aria-invalid")).isEqualTo("true");
        assertThat(refused.value("#name")).isEqualTo("greedy");
        assertThat(refused.value("#serviceAccount")).isEqualTo("greedy-account");
        assertThat(apps("greedy")).isZero();
    }

    @Test
    void whatIsWrongWithAnAppIsSaidAllAtOnce() {
        Page refused = register("Not A Name", "", "default");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.has("#place-wrong")).isTrue();
        assertThat(refused.has("#name-wrong")).isTrue();
        assertThat(refused.has("#serviceAccount-wrong")).isTrue();
    }

    @Test
    void anAppThatIsThereAlreadyIsSaidAboveTheForm() {
        register("twice", PLACE, "");

        Page refused = register("twice", PLACE, "");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("[role=alert]")).contains("has an app named twice already");
        assertThat(refused.value("#name")).isEqualTo("twice");
    }

    @Test
    void versionsOfACertificateAreSideBySideAndBesideWhatIsInTheCluster() {
        String app = portal.app("rotated");
        String first = pages.submit(app, clients.issue(Wish.client("CN=one.rotated")));
        pages.approve(first);
        portal.applier.apply(first);
        String second = pages.submit(app, clients.issue(Wish.client("CN=one.rotated.renewed")));
        String identity = admin.open("/requests/" + second)
                .html()
                .select("a[href^=/identities/]")
                .attr("href");

        Page request = admin.open("/requests/" + second);
        Page versions = member.open(identity + "/certificates");
        Page chosen = member.open(identity + "/certificates?older=2&newer=2");
        Page nonsense = member.open(identity + "/certificates?older=x&newer=99");

        assertThat(request.text(".compare")).contains("CN=one.rotated.renewed").doesNotContain("Trusts");
        assertThat(versions.text(".compare")).contains("CN=one.rotated.renewed").contains("Trusts");
        assertThat(versions.text("main")).contains("In use").contains("Of no version here");
        assertThat(chosen.text("main")).contains("no difference");
        assertThat(nonsense.text(".compare")).isEqualTo(versions.text(".compare"));
        assertThat(stranger.open(identity + "/certificates").status()).isEqualTo(404);
    }

    @Test
    void aRotationToTheSameCertificateIsTold() {
        Issued issued = clients.issue(Wish.client("CN=one.same"));
        String app = portal.app("same");
        String first = pages.submit(app, issued);
        pages.approve(first);
        portal.applier.apply(first);

        Page page = member.open("/requests/" + pages.submit(app, issued));

        assertThat(page.text(".finding")).contains("It is the certificate that is in use");
        assertThat(page.text("section[aria-labelledby=changes]")).contains("it is the same certificate");
        assertThat(page.has(".compare")).isFalse();
    }

    @Test
    void anIdentitysPageLeadsItsTeamToARotation() {
        String request = pages.submit("to-rotate");
        String identity = "/identities/" + pages.identity(request);
        Page proposed = member.open(identity);
        pages.approve(request);
        portal.applier.apply(request);

        Page page = member.open(identity);
        String link = page.html().select(".page-head a[href^=/requests/new]").attr("href");

        assertThat(proposed.text(".lead")).contains("presents nothing yet");
        assertThat(proposed.has(".page-head a[href^=/requests/new]")).isFalse();
        assertThat(member.open(link).value("#app option[selected]")).isEqualTo(pages.app(request));
        assertThat(member.open(link).value("#destination option[selected]")).isEqualTo("nginx");
        assertThat(admin.open(identity).has(".page-head a[href^=/requests/new]"))
                .isFalse();
    }

    @Test
    void anAddressThatWasMadeForSendingLeadsBackToItsPage() {
        String request = pages.submit("reloaded");

        assertThat(member.open("/requests/inspection").path()).isEqualTo("/requests/new");
        assertThat(admin.open("/requests/" + request + "/decision").path()).isEqualTo("/requests/" + request);
        assertThat(member.open("/requests/" + request + "/withdrawal").path()).isEqualTo("/requests/" + request);
    }

    @Test
    void anotherTeamsThingsAreNotThereForOthers() {
        String request = pages.submit("foreign");
        String digest = portal.applier.plan(request);
        String identity = pages.identity(request);

        for (String path : List.of(
                "/requests/" + request,
                "/requests/" + request + "/live?seen=nothing",
                "/requests/" + request + "/plan.yaml",
                "/requests/" + request + "/plan/1.yaml",
                "/identities/" + identity,
                "/identities/" + identity + "/manifests.yaml")) {
            assertThat(stranger.open(path).status()).as(path).isEqualTo(404);
        }
        assertThat(stranger.open("/requests").text("main")).doesNotContain("foreign");
        assertThat(stranger.open("/identities").text("main")).doesNotContain("foreign");
        assertThat(stranger.post("/requests/" + request + "/withdrawal", Map.of("reason", "x"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(stranger.post(
                                "/requests/" + request + "/decision",
                                Map.of("verdict", "approved", "digest", digest, "reason", "x"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(pages.status(request)).isEqualTo("pending");
    }

    @Test
    void aTeamTakesItsRequestBack() {
        String request = pages.submit("taken-back");
        String path = "/requests/" + request + "/withdrawal";

        Page withdrawn = member.submit(member.open("/requests/" + request), path, Map.of("reason", "wrong subject"));

        assertThat(withdrawn.path()).isEqualTo("/requests/" + request);
        assertThat(withdrawn.text(".flash")).contains("withdrawn");
        assertThat(withdrawn.text("main")).contains("wrong subject");
        assertThat(withdrawn.has("form[action=" + path + "]")).isFalse();
        assertThat(pages.status(request)).isEqualTo("withdrawn");
        assertThat(member.post(path, Map.of("reason", "again")).statusCode()).isEqualTo(409);
    }

    @Test
    void nobodyDecidesForTheirOwnTeam() {
        String request = pages.submit("own-team");
        String digest = portal.applier.plan(request);

        Page page = adminAndMember.open("/requests/" + request);
        HttpResponse<String> posted = adminAndMember.post(
                "/requests/" + request + "/decision", Map.of("verdict", "approved", "digest", digest, "reason", "x"));

        assertThat(page.has("[name=verdict]")).isFalse();
        assertThat(page.text("main")).contains("You are a member of the team that asks");
        assertThat(posted.statusCode()).isEqualTo(403);
        assertThat(posted.body()).contains("decision.own-team");
        assertThat(pages.status(request)).isEqualTo("pending");
    }

    @Test
    void aMemberSeesNoDecisionAndCannotPostOne() {
        String request = pages.submit("members-view");
        String digest = portal.applier.plan(request);

        assertThat(member.open("/requests/" + request).has("[name=verdict]")).isFalse();
        assertThat(member.open("/queue").status()).isEqualTo(403);
        HttpResponse<String> posted = member.post(
                "/requests/" + request + "/decision", Map.of("verdict", "approved", "digest", digest, "reason", "x"));
        assertThat(posted.statusCode()).isEqualTo(403);
        assertThat(pages.status(request)).isEqualTo("pending");
    }

    @Test
    void anAdminFindsTheRequestInTheQueueAndApprovesIt() {
        String request = pages.submit("approved");
        assertThat(admin.open("/queue").has("main a[href^=/requests/" + request + "]"))
                .as("while it is planned")
                .isFalse();
        String digest = portal.applier.plan(request);

        Page queue = admin.open("/queue");
        String link =
                queue.html().select("main a[href^=/requests/" + request + "]").attr("href");
        Page page = admin.open(link);
        assertThat(link).endsWith("?from=queue");
        assertThat(page.has(".crumbs a[href=/queue]")).isTrue();
        assertThat(page.value("[name=digest]")).isEqualTo(digest);
        assertThat(page.has("[name=verdict][checked]")).isFalse();
        assertThat(page.text("main")).contains("app1-client-mtls-secret");

        Page decided = pages.decide(page, request, Map.of("verdict", "approved", "reason", "as agreed"));

        assertThat(decided.path()).isEqualTo("/requests/" + request);
        assertThat(decided.text(".flash")).contains("approval is recorded");
        assertThat(decided.text("main")).contains("as agreed");
        assertThat(pages.status(request)).isEqualTo("approved");
        assertThat(admin.open("/queue").text("main")).doesNotContain(request);
    }

    @Test
    void anAdminRejectsARequestAndTheTeamReadsWhy() {
        String request = pages.submit("rejected");
        portal.applier.plan(request);

        pages.decide(
                admin.open("/requests/" + request),
                request,
                Map.of("verdict", "rejected", "reason", "no such contract"));

        assertThat(pages.status(request)).isEqualTo("rejected");
        Page page = member.open("/requests/" + request);
        assertThat(page.text("main")).contains("no such contract");
        assertThat(page.html().select(".page-head a[href^=/requests/new]").attr("href"))
                .contains("app=" + pages.app(request))
                .contains("destination=nginx");
        assertThat(member.open("/").html().select("a[href=/requests/" + request + "]"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', fine, Choose whether", "approved, ' ', Give a reason", "maybe, fine, Choose whether"})
    void aDecisionThatSaysTooLittleComesBackWithWhatIsMissing(String verdict, String reason, String expected) {
        String request = pages.submit("half-" + Math.abs((verdict + reason).hashCode()));
        portal.applier.plan(request);

        Page refused =
                pages.decide(admin.open("/requests/" + request), request, Map.of("verdict", verdict, "reason", reason));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("#decision-reason-wrong")).contains(expected);
        assertThat(refused.value("#decision-reason").strip()).isEqualTo(reason.strip());
        assertThat(pages.status(request)).isEqualTo("pending");
    }

    @Test
    void whoDecidedOnAnOlderPlanHasToChooseAgain() {
        String request = pages.submit("stale");
        String digest = portal.applier.plan(request);

        Page refused = pages.decide(
                admin.open("/requests/" + request),
                request,
                Map.of("verdict", "approved", "reason", "fine", "digest", "sha256:old"));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("#decision-reason-wrong")).isNotBlank();
        assertThat(refused.value("[name=digest]")).isEqualTo(digest);
        assertThat(refused.has("[name=verdict][checked]")).isFalse();
        assertThat(refused.value("#decision-reason")).isEqualTo("fine");
        assertThat(pages.status(request)).isEqualTo("pending");
    }

    @Test
    void whoDecidesSecondLearnsWhoWasFirst() {
        String request = pages.submit("raced");
        portal.applier.plan(request);
        Page seen = admin.open("/requests/" + request);
        pages.decide(seen, request, Map.of("verdict", "approved", "reason", "first"));

        Page late = pages.decide(seen, request, Map.of("verdict", "rejected", "reason", "second"));

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("main")).contains("The admin approved it").contains("first");
    }

    @Test
    void aPageThatFollowsARequestIsSentAgainOnlyWhenSomethingChanged() {
        String request = pages.submit("followed");
        String live = member.open("/requests/" + request).html().select("#live").attr("data-hx-get");

        assertThat(member.open(live, "HX-Request", "true").status()).isEqualTo(204);
        portal.applier.plan(request);
        Page changed = member.open(live, "HX-Request", "true");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.source()).doesNotContain("<html").contains("id=\"live\"");
        assertThat(changed.html().select("#live").hasAttr("data-hx-get")).isFalse();
    }

    @Test
    void aPlanIsReadAsYamlWholeAndByObject() {
        String request = pages.submit("readable");
        assertThat(member.open("/requests/" + request + "/plan.yaml").status()).isEqualTo(404);
        portal.applier.plan(request);

        Page page = member.open("/requests/" + request);
        Page whole = member.open("/requests/" + request + "/plan.yaml");
        Page one = member.open("/requests/" + request + "/plan/1.yaml");

        assertThat(page.has("a[href=/requests/" + request + "/plan.yaml]")).isTrue();
        assertThat(page.has("a[href=/requests/" + request + "/plan/1.yaml]")).isTrue();
        assertThat(whole.source()).startsWith("apiVersion: v1\nkind: Secret\n");
        assertThat(one.source()).startsWith("apiVersion: v1\nkind: Secret\n");
        for (String number : List.of("0", "2", "-1")) {
            assertThat(member.open("/requests/" + request + "/plan/" + number + ".yaml")
                            .status())
                    .isEqualTo(404);
        }
        assertThat(member.open("/requests/" + request + "/plan/x.yaml").status())
                .isBetween(400, 499);
    }

    @Test
    void anIdentityShowsWhatIsAppliedAlsoWhileANewerRequestIsOnItsWay() {
        Issued issued = clients.issue(Wish.client("CN=one.kept"));
        String app = portal.app("kept");
        String first = pages.submit(app, issued);
        pages.approve(first);
        portal.applier.apply(first);
        String identity = "/identities/" + pages.identity(first);
        Page inOrder = member.open(identity);
        assertThat(inOrder.text("main")).contains("app1-client-mtls-secret").contains("CN=one.kept");
        assertThat(member.open(identity + "/manifests.yaml").source()).startsWith("apiVersion: v1\nkind: Secret\n");

        String second = pages.submit(app, clients.issue(Wish.client("CN=one.kept")));
        assertThat(member.open("/requests/" + second).text(".over")).contains("Rotate");
        pages.approve(second);

        Page rotating = member.open(identity);
        assertThat(rotating.status()).isEqualTo(200);
        assertThat(rotating.text(".over")).contains("revision 1").contains("applied");
        assertThat(rotating.has("a[href=" + identity + "/manifests.yaml]")).isTrue();
        assertThat(member.open(identity + "/manifests.yaml").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "/requests, /requests",
        "//evil.example/x, /",
        "https://evil.example/, /",
        "'/\\evil.example', /",
        "'', /"
    })
    void theColoursAreKeptAndLeadBackToPagesOfOursOnly(String back, String expected) {
        HttpResponse<String> posted = member.post("/theme", Map.of("theme", "dark", "back", back));

        assertThat(posted.statusCode()).isEqualTo(302);
        assertThat(posted.uri().resolve(posted.headers().firstValue("Location").orElseThrow()))
                .isEqualTo(URI.create(portal.address() + expected));
        assertThat(posted.headers().allValues("Set-Cookie"))
                .anySatisfy(cookie -> assertThat(cookie).startsWith("waypass_theme=dark"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/requests/req_unknown",
                "/identities/idn_unknown",
                "/requests?cursor=%21",
                "/requests?status=nonsense",
                "/requests/req_unknown/live",
                "/nowhere",
                "/requests/new?app=nothing&destination=nothing"
            })
    void noAddressMakesAPageFail(String path) {
        Page page = member.open(path);

        assertThat(page.status()).isBetween(200, 499);
        assertThat(page.text("h1")).isNotBlank();
    }

    private Page register(String name, String place, String serviceAccount) {
        return member.submit(
                member.open("/apps/new"),
                "/apps",
                Map.of("name", name, "place", place, "serviceAccount", serviceAccount));
    }

    private long apps(String name) {
        return Long.parseLong(pages.one("select count(*)::text from app where name = :id", name));
    }
}
