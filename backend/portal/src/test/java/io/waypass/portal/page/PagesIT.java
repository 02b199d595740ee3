package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PagesIT {

    private static final String PLACE = "sandbox/namespace-one";

    private final TestCertificateAuthority clients = TestCertificateAuthority.root("CN=Client CA");
    private final TestCertificateAuthority partner = TestCertificateAuthority.root("CN=Partner CA");
    private IdentityProviderStub provider;
    private Portal portal;
    private Visitor member;
    private Visitor stranger;
    private Visitor admin;
    private Visitor adminAndMember;

    @BeforeAll
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "http://localhost:8080");
        member = new Visitor(portal, provider, "member", "one-members");
        stranger = new Visitor(portal, provider, "stranger", "two-members");
        admin = new Visitor(portal, provider, "admin", "platform-admins");
        adminAndMember = new Visitor(portal, provider, "admin-and-member", "platform-admins", "one-members");
    }

    @AfterAll
    void stop() {
        List.of(member, stranger, admin, adminAndMember).forEach(Visitor::close);
        portal.close();
        provider.close();
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
    void theKeyOfAnotherCertificateIsAFindingAndIsNotGivenBack() {
        Issued issued = clients.issue(Wish.client("CN=one.mismatch"));
        Issued other = clients.issue(Wish.client("CN=one.other"));
        String app = portal.app("mismatch");
        long before = stored();

        Page refused = ask(app, issued.chainPem(), other.keyPem(), partner.certificatePem(), "because", Map.of());

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.path()).isEqualTo("/requests");
        assertThat(refused.text(".finding.is-bad")).contains("key.mismatch");
        assertThat(refused.text("#client-wrong")).isEqualTo("The private key belongs to another certificate");
        assertThat(refused.value("#app option[selected]")).isEqualTo(app);
        assertThat(refused.value("#clientText")).isEmpty();
        assertThat(refused.text("#client-again")).contains("Paste it again");
        assertThat(refused.text("[role=alert] a[href=#clientText]")).contains("belongs to another certificate");
        assertThat(refused.value("#reason")).isEqualTo("because");
        assertThat(refused.html().select(".hop-bad .badge").text()).isEqualTo("Does not fit");
        assertHasNoKey(refused, other);
        assertThat(stored()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"caBundle", "reason"})
    void aKeyThatWasPastedIntoTheWrongFieldIsNotGivenBackEither(String field) {
        Issued issued = clients.issue(Wish.client("CN=one.misplaced"));
        String app = portal.app("misplaced-" + field.toLowerCase(Locale.ROOT));
        String both = issued.chainPem() + issued.keyPem();
        long before = stored();

        Page refused = ask(
                app,
                issued.chainPem(),
                issued.keyPem(),
                field.equals("caBundle") ? both : partner.certificatePem(),
                field.equals("reason") ? both : "because",
                Map.of());

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("main")).contains("private key");
        assertThat(refused.text("#" + field + "-wrong")).isNotBlank();
        assertThat(stored()).isEqualTo(before);
        assertHasNoKey(refused, issued);
    }

    @Test
    void filesThatWereChosenHaveToBeChosenAgain() {
        Issued issued = clients.issue(Wish.client("CN=one.again"));

        Page refused = ask(
                portal.app("again"),
                "",
                "",
                "",
                "",
                Map.of(
                        "clientFiles", bytes(issued.chainPem() + issued.keyPem()),
                        "caBundleFiles", bytes(partner.certificatePem())));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("#reason-wrong")).isNotBlank();
        assertThat(refused.text("#client-again")).contains("clientFiles.pem");
        assertThat(refused.text("#caBundle-again")).contains("caBundleFiles.pem");
        assertThat(refused.html().select(".hop-title").eachText()).contains("CN=one.again");
        assertHasNoKey(refused, issued);
    }

    @Test
    void aKeystoreAsksForItsPassphraseAndNeverGivesItBack() {
        Issued issued = clients.issue(Wish.client("CN=one.keystore"));
        String app = portal.app("keystore-page");
        Map<String, byte[]> files =
                Map.of("clientFiles", issued.pkcs12("the real one"), "caBundleFiles", bytes(partner.certificatePem()));

        Page first = ask(app, "", "", "", "because", files);
        Page wrong = ask(app, "", "", "", "because", files, "s3same");
        Page right = ask(app, "", "", "", "because", files, "the real one");

        assertThat(member.open("/requests/new").html().select("#passphrase-field[hidden]"))
                .hasSize(1);
        assertThat(first.status()).isEqualTo(422);
        assertThat(first.html().select("#passphrase-field[hidden]")).isEmpty();
        assertThat(first.text("#passphrase-wrong")).isEqualTo("A passphrase is needed");
        assertThat(first.text(".files")).contains("clientFiles.pem").contains("PKCS#12");
        assertThat(wrong.text("#passphrase-wrong")).isEqualTo("The passphrase is wrong");
        assertThat(wrong.source()).doesNotContain("s3same");
        assertThat(right.path()).startsWith("/requests/req_");
    }

    @Test
    void aCertificateIsInspectedUnderTheFormBeforeAnythingIsSubmitted() {
        Issued issued = clients.issue(Wish.client("CN=one.inspected"));
        long before = stored();

        Page page = member.submit(
                member.open("/requests/new"),
                "/requests/inspection",
                Map.of("clientText", issued.chainPem() + issued.keyPem(), "caBundleText", partner.certificatePem()),
                Map.of());

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text(".pass-subject")).isEqualTo("CN=one.inspected");
        assertThat(page.html().select("#inspection .finding.is-bad")).isEmpty();
        assertThat(page.value("#caBundleText").strip())
                .isEqualTo(partner.certificatePem().strip());
        assertHasNoKey(page, issued);
        assertThat(stored()).isEqualTo(before);
    }

    @Test
    void versionsOfACertificateAreSideBySideAndBesideWhatIsInTheCluster() {
        String app = portal.app("rotated");
        String first = submit(app, clients.issue(Wish.client("CN=one.rotated")));
        approve(first);
        portal.apply(first);
        String second = submit(app, clients.issue(Wish.client("CN=one.rotated.renewed")));
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
        String first = submit(app, issued);
        approve(first);
        portal.apply(first);

        Page page = member.open("/requests/" + submit(app, issued));

        assertThat(page.text(".finding")).contains("It is the certificate that is in use");
        assertThat(page.text("section[aria-labelledby=changes]")).contains("it is the same certificate");
        assertThat(page.has(".compare")).isFalse();
    }

    @Test
    void anIdentitysPageLeadsItsTeamToARotation() {
        String request = submit("to-rotate");
        String identity = "/identities/" + identity(request);
        Page proposed = member.open(identity);
        approve(request);
        portal.apply(request);

        Page page = member.open(identity);
        String link = page.html().select(".page-head a[href^=/requests/new]").attr("href");

        assertThat(proposed.text(".lead")).contains("presents nothing yet");
        assertThat(proposed.has(".page-head a[href^=/requests/new]")).isFalse();
        assertThat(member.open(link).value("#app option[selected]")).isEqualTo(app(request));
        assertThat(member.open(link).value("#destination option[selected]")).isEqualTo("nginx");
        assertThat(admin.open(identity).has(".page-head a[href^=/requests/new]"))
                .isFalse();
    }

    @Test
    void whatWasReadIsCalledWhatItIs() {
        Issued issued = clients.issue(Wish.client("CN=one.named"));

        Page page = member.submit(
                member.open("/requests/new"),
                "/requests/inspection",
                Map.of("clientText", issued.chainPem() + issued.keyPem(), "caBundleText", partner.certificatePem()),
                Map.of());
        Page nothing = member.submit(member.open("/requests/new"), "/requests/inspection", Map.of(), Map.of());

        assertThat(page.html().select(".files b").eachText()).containsExactly("Pasted text", "Pasted CA bundle");
        assertThat(nothing.has(".files")).isFalse();
    }

    @Test
    void anAddressThatWasMadeForSendingLeadsBackToItsPage() {
        String request = submit("reloaded");

        assertThat(member.open("/requests/inspection").path()).isEqualTo("/requests/new");
        assertThat(admin.open("/requests/" + request + "/decision").path()).isEqualTo("/requests/" + request);
        assertThat(member.open("/requests/" + request + "/withdrawal").path()).isEqualTo("/requests/" + request);
    }

    @Test
    void aPassphraseIsAskedForAgainWithTheFileThatItOpens() {
        Issued issued = clients.issue(Wish.client("CN=one.both-again"));

        Page refused = ask(
                portal.app("both-again"),
                "",
                "",
                partner.certificatePem(),
                "",
                Map.of("clientFiles", issued.pkcs12("the real one")),
                "the real one");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text(".pass-subject")).isEqualTo("CN=one.both-again");
        assertThat(refused.html().select("#passphrase-field[hidden]")).isEmpty();
        assertThat(refused.source()).doesNotContain("the real one");
    }

    @Test
    void fieldsForFilesMayComeWithoutAny() {
        Page page = member.submit(
                member.open("/requests/new"),
                "/requests/inspection",
                Map.of("clientFiles", "", "caBundleFiles", ""),
                Map.of());

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text("#inspection")).contains("The client certificate is missing");
    }

    @Test
    void aKeyWithoutItsLinesOfDashesIsNotGivenBackEither() {
        Issued issued = clients.issue(Wish.client("CN=one.bare"));
        String bare = issued.keyPem()
                .lines()
                .filter(line -> !line.startsWith("-----"))
                .collect(java.util.stream.Collectors.joining());

        String address =
                "See https://wiki.example/spaces/TEAM/pages/123456789/Onboarding-of-the-partner-with-client-certificates";
        String app = portal.app("bare-key");

        Page page = ask(app, bare, "", "", bare, Map.of());
        Page link = ask(app, bare, "", "", address, Map.of());

        assertThat(page.status()).isEqualTo(422);
        assertThat(page.source()).doesNotContain(bare);
        assertThat(link.value("#reason")).isEqualTo(address);
    }

    @Test
    void filesAndPastedTextAreReadTogetherAndMayBeginWithAByteOrderMark() {
        Issued issued = clients.issue(Wish.client("CN=one.files"));

        Page page = ask(
                portal.app("files"),
                "",
                issued.keyPem(),
                "",
                "a test asks",
                Map.of(
                        "clientFiles", bytes("\uFEFF" + issued.chainPem()),
                        "caBundleFiles", bytes("\uFEFF" + partner.certificatePem())));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.path()).startsWith("/requests/req_");
        assertThat(page.text(".flash")).contains("The request is submitted");
        assertThat(page.text("h1")).contains("files").contains("CN=one.files").contains("my-nginx.foo.bar");
        assertHasNoKey(page, issued);
    }

    @Test
    void aSecondOpenRequestIsRefusedAndTheFormKeepsWhatItMay() {
        Issued issued = clients.issue(Wish.client("CN=one.second"));
        String app = portal.app("second");
        String first = submit(app, issued);

        Page refused = ask(app, issued.chainPem(), issued.keyPem(), partner.certificatePem(), "once more", Map.of());

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("[role=alert]")).contains(first).contains("Nothing was stored");
        assertThat(refused.value("#reason")).isEqualTo("once more");
        assertHasNoKey(refused, issued);
    }

    @Test
    void anotherTeamsThingsAreNotThereForOthers() {
        String request = submit("foreign");
        String digest = portal.plan(request);
        String identity = identity(request);

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
        assertThat(status(request)).isEqualTo("pending");
    }

    @Test
    void aTeamTakesItsRequestBack() {
        String request = submit("taken-back");
        String path = "/requests/" + request + "/withdrawal";

        Page withdrawn = member.submit(member.open("/requests/" + request), path, Map.of("reason", "wrong subject"));

        assertThat(withdrawn.path()).isEqualTo("/requests/" + request);
        assertThat(withdrawn.text(".flash")).contains("withdrawn");
        assertThat(withdrawn.text("main")).contains("wrong subject");
        assertThat(withdrawn.has("form[action=" + path + "]")).isFalse();
        assertThat(status(request)).isEqualTo("withdrawn");
        assertThat(member.post(path, Map.of("reason", "again")).statusCode()).isEqualTo(409);
    }

    @Test
    void nobodyDecidesForTheirOwnTeam() {
        String request = submit("own-team");
        String digest = portal.plan(request);

        Page page = adminAndMember.open("/requests/" + request);
        HttpResponse<String> posted = adminAndMember.post(
                "/requests/" + request + "/decision", Map.of("verdict", "approved", "digest", digest, "reason", "x"));

        assertThat(page.has("[name=verdict]")).isFalse();
        assertThat(page.text("main")).contains("You are a member of the team that asks");
        assertThat(posted.statusCode()).isEqualTo(403);
        assertThat(posted.body()).contains("decision.own-team");
        assertThat(status(request)).isEqualTo("pending");
    }

    @Test
    void aMemberSeesNoDecisionAndCannotPostOne() {
        String request = submit("members-view");
        String digest = portal.plan(request);

        assertThat(member.open("/requests/" + request).has("[name=verdict]")).isFalse();
        assertThat(member.open("/queue").status()).isEqualTo(403);
        HttpResponse<String> posted = member.post(
                "/requests/" + request + "/decision", Map.of("verdict", "approved", "digest", digest, "reason", "x"));
        assertThat(posted.statusCode()).isEqualTo(403);
        assertThat(status(request)).isEqualTo("pending");
    }

    @Test
    void anAdminFindsTheRequestInTheQueueAndApprovesIt() {
        String request = submit("approved");
        assertThat(admin.open("/queue").has("main a[href^=/requests/" + request + "]"))
                .as("while it is planned")
                .isFalse();
        String digest = portal.plan(request);

        Page queue = admin.open("/queue");
        String link =
                queue.html().select("main a[href^=/requests/" + request + "]").attr("href");
        Page page = admin.open(link);
        assertThat(link).endsWith("?from=queue");
        assertThat(page.has(".crumbs a[href=/queue]")).isTrue();
        assertThat(page.value("[name=digest]")).isEqualTo(digest);
        assertThat(page.has("[name=verdict][checked]")).isFalse();
        assertThat(page.text("main")).contains("app1-client-mtls-secret");

        Page decided = decide(page, request, Map.of("verdict", "approved", "reason", "as agreed"));

        assertThat(decided.path()).isEqualTo("/requests/" + request);
        assertThat(decided.text(".flash")).contains("approval is recorded");
        assertThat(decided.text("main")).contains("as agreed");
        assertThat(status(request)).isEqualTo("approved");
        assertThat(admin.open("/queue").text("main")).doesNotContain(request);
    }

    @Test
    void anAdminRejectsARequestAndTheTeamReadsWhy() {
        String request = submit("rejected");
        portal.plan(request);

        decide(
                admin.open("/requests/" + request),
                request,
                Map.of("verdict", "rejected", "reason", "no such contract"));

        assertThat(status(request)).isEqualTo("rejected");
        Page page = member.open("/requests/" + request);
        assertThat(page.text("main")).contains("no such contract");
        assertThat(page.html().select(".page-head a[href^=/requests/new]").attr("href"))
                .contains("app=" + app(request))
                .contains("destination=nginx");
        assertThat(member.open("/").html().select("a[href=/requests/" + request + "]"))
                .isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({"'', fine, Choose whether", "approved, ' ', Give a reason", "maybe, fine, Choose whether"})
    void aDecisionThatSaysTooLittleComesBackWithWhatIsMissing(String verdict, String reason, String expected) {
        String request = submit("half-" + Math.abs((verdict + reason).hashCode()));
        portal.plan(request);

        Page refused =
                decide(admin.open("/requests/" + request), request, Map.of("verdict", verdict, "reason", reason));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("#decision-reason-wrong")).contains(expected);
        assertThat(refused.value("#decision-reason").strip()).isEqualTo(reason.strip());
        assertThat(status(request)).isEqualTo("pending");
    }

    @Test
    void whoDecidedOnAnOlderPlanHasToChooseAgain() {
        String request = submit("stale");
        String digest = portal.plan(request);

        Page refused = decide(
                admin.open("/requests/" + request),
                request,
                Map.of("verdict", "approved", "reason", "fine", "digest", "sha256:old"));

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("#decision-reason-wrong")).isNotBlank();
        assertThat(refused.value("[name=digest]")).isEqualTo(digest);
        assertThat(refused.has("[name=verdict][checked]")).isFalse();
        assertThat(refused.value("#decision-reason")).isEqualTo("fine");
        assertThat(status(request)).isEqualTo("pending");
    }

    @Test
    void whoDecidesSecondLearnsWhoWasFirst() {
        String request = submit("raced");
        portal.plan(request);
        Page seen = admin.open("/requests/" + request);
        decide(seen, request, Map.of("verdict", "approved", "reason", "first"));

        Page late = decide(seen, request, Map.of("verdict", "rejected", "reason", "second"));

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text("main")).contains("The admin approved it").contains("first");
    }

    @Test
    void aPageThatFollowsARequestIsSentAgainOnlyWhenSomethingChanged() {
        String request = submit("followed");
        String live = member.open("/requests/" + request).html().select("#live").attr("data-hx-get");

        assertThat(member.open(live, "HX-Request", "true").status()).isEqualTo(204);
        portal.plan(request);
        Page changed = member.open(live, "HX-Request", "true");

        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.source()).doesNotContain("<html").contains("id=\"live\"");
        assertThat(changed.html().select("#live").hasAttr("data-hx-get")).isFalse();
    }

    @Test
    void aPlanIsReadAsYamlWholeAndByObject() {
        String request = submit("readable");
        assertThat(member.open("/requests/" + request + "/plan.yaml").status()).isEqualTo(404);
        portal.plan(request);

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
        String first = submit(app, issued);
        approve(first);
        portal.apply(first);
        String identity = "/identities/" + identity(first);
        Page inOrder = member.open(identity);
        assertThat(inOrder.text("main")).contains("app1-client-mtls-secret").contains("CN=one.kept");
        assertThat(member.open(identity + "/manifests.yaml").source()).startsWith("apiVersion: v1\nkind: Secret\n");

        String second = submit(app, clients.issue(Wish.client("CN=one.kept")));
        assertThat(member.open("/requests/" + second).text(".over")).contains("Rotate");
        approve(second);

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

    private Page ask(String app, String chain, String key, String ca, String reason, Map<String, byte[]> files) {
        return ask(app, chain, key, ca, reason, files, "");
    }

    private Page ask(
            String app,
            String chain,
            String key,
            String ca,
            String reason,
            Map<String, byte[]> files,
            String passphrase) {
        return member.submit(
                member.open("/requests/new"),
                "/requests",
                Map.of(
                        "app", app,
                        "destination", "nginx",
                        "clientText", chain + key,
                        "caBundleText", ca,
                        "passphrase", passphrase,
                        "reason", reason),
                files);
    }

    private String submit(String app) {
        return submit(portal.app(app), clients.issue(Wish.client("CN=one." + app)));
    }

    private String submit(String app, Issued issued) {
        Page page = ask(app, issued.chainPem(), issued.keyPem(), partner.certificatePem(), "a test asks", Map.of());
        assertThat(page.path()).as(page.text("main")).startsWith("/requests/req_");
        return page.path().substring("/requests/".length());
    }

    private void approve(String request) {
        portal.plan(request);
        decide(admin.open("/requests/" + request), request, Map.of("verdict", "approved", "reason", "fine"));
    }

    private Page decide(Page page, String request, Map<String, String> filled) {
        return admin.submit(page, "/requests/" + request + "/decision", filled);
    }

    private String app(String request) {
        return portal.call("member", "GET", "/requests/" + request)
                .body()
                .at("/request/app")
                .asString();
    }

    private static void assertHasNoKey(Page page, Issued issued) {
        assertThat(issued.keyPem().lines().filter(line -> !line.startsWith("-----")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(page.source()).doesNotContain(line));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private String status(String request) {
        return one("select status from request where public_id = :id", request);
    }

    private String identity(String request) {
        return one(
                "select i.public_id from identity i join request r on r.identity_id = i.id where r.public_id = :id",
                request);
    }

    private long apps(String name) {
        return Long.parseLong(one("select count(*)::text from app where name = :id", name));
    }

    private String one(String sql, String id) {
        return portal.owner.sql(sql).param("id", id).query(String.class).single();
    }

    private long stored() {
        return portal.owner
                .sql("select (select count(*) from request) + (select count(*) from certificate)"
                        + " + (select count(*) from sealed_key) + (select count(*) from identity)")
                .query(Long.class)
                .single();
    }
}
