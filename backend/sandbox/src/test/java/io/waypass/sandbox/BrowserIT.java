package io.waypass.sandbox;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.SelectOption;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.waypass.testing.Requirement;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.junit.Needs;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The main job in the browser. */
@Needs(Requirement.CHROMIUM)
@ExtendWith(SharedSandbox.class)
class BrowserIT {

    private RunningSandbox sandbox;
    private Journey journey;
    private Browser browser;

    @BeforeEach
    void begin(RunningSandbox running) {
        sandbox = running;
        journey = new Journey(running);
        browser = new Browser(running);
    }

    @AfterEach
    void end() {
        browser.close();
        journey.close();
    }

    @Test
    void aTeamAsksAnAdminApprovesAndTheClusterHasTheGuidesObjects() {
        Page member = browser.login(SandboxPerson.MEMBER);
        Browser.shoot(member, "home");

        open(member, "/apps/new");
        choose(member, "#place", "team-namespace");
        member.fill("#name", "app1");
        Browser.shoot(member, "app-form");
        submit(member, "form[action='/apps']");
        open(member, "/apps");
        assertThat(member.locator("main")).containsText("app1");
        Browser.shoot(member, "apps");

        open(member, "/requests/new");
        choose(member, "#app", "app1");
        choose(member, "#destination", "my-nginx.foo.bar");
        member.setInputFiles("#clientFiles", sandbox.certificates().resolve("app1.crt.pem"));
        member.setInputFiles("#clientFiles", sandbox.certificates().resolve("app1.key.pem"));
        member.setInputFiles("#caBundleFiles", sandbox.certificates().resolve("partner-ca.pem"));
        assertThat(member.locator("#inspection .files")).containsText("app1.key.pem");
        assertThat(member.locator("#inspection .files")).containsText("app1.crt.pem");
        assertThat(member.locator("#inspection .pass-subject")).hasText("CN=team-namespace.app1");
        member.fill("#reason", "app1 calls the partner");
        Browser.shoot(member, "request-form");
        submit(member, "form[action='/requests']");
        String request = member.url().replaceAll(".*/requests/(req_[A-Za-z0-9_-]+).*", "$1");
        journey.await(request, "pending");
        open(member, "/requests/" + request);
        assertThat(member.locator("main")).containsText("CN=team-namespace.app1");
        assertThat(member.locator("input[name=verdict]")).hasCount(0);
        Browser.shoot(member, "request-pending");
        assertThat(journey.existing("app1")).as("before the approval").isEmpty();

        Page admin = browser.login(SandboxPerson.ADMIN);
        open(admin, "/queue");
        Browser.shoot(admin, "queue");
        admin.locator("main a[href*='" + request + "']").click();
        assertThat(admin.locator("main")).containsText("app1-nginx-mesh-external-se");
        Browser.shoot(admin, "decision");
        admin.locator("input[name=verdict][value=approved]").check();
        admin.fill("#decision-reason", "As agreed with the partner");
        submit(admin, "#decision");
        // the page follows by itself
        assertThat(admin.locator(".page-head"))
                .containsText("Applied", new LocatorAssertions.ContainsTextOptions().setIgnoreCase(true));
        Browser.shoot(admin, "request-applied");

        SoloGuide.assertApplied(
                journey,
                "app1",
                journey.sample("app1.crt.pem"),
                journey.sample("app1.key.pem"),
                journey.sample("partner-ca.pem"));

        open(member, "/requests/" + request);
        assertThat(member.locator(".page-head"))
                .containsText("Applied", new LocatorAssertions.ContainsTextOptions().setIgnoreCase(true));
        String identity =
                journey.request(request).path("request").path("identity").asString();
        open(member, "/identities/" + identity);
        assertThat(member.locator("main")).containsText("app1-client-mtls-secret");
        assertThat(member.locator("main")).containsText("ns/team-namespace/sa/app1");
        Browser.shoot(member, "identity");
        open(member, "/identities");
        Browser.shoot(member, "identities");
        open(member, "/requests");
        Browser.shoot(member, "requests");
        open(member, "/destinations");
        Browser.shoot(member, "destinations");
        open(admin, "/");
        Browser.shoot(admin, "home-admin");

        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void aWrongKeyIsSaidOnThePageAndNeverWrittenBack() {
        String app = journey.app("page-wrong-key");
        String key = journey.certificate("other").keyPem();
        Page member = browser.login(SandboxPerson.MEMBER);

        open(member, "/requests/new");
        choose(member, "#app", "page-wrong-key");
        choose(member, "#destination", "my-nginx.foo.bar");
        member.fill("#clientText", journey.certificate("page-wrong-key").chainPem() + key);
        member.fill("#reason", "A mistake");
        submit(member, "form[action='/requests']");

        assertThat(member.locator("main")).containsText("key");
        assertThat(member.locator("[aria-invalid=true]").first()).isVisible();
        Browser.shoot(member, "request-form-refused");
        assertThat(member.content())
                .doesNotContain(key.lines().skip(1).findFirst().orElseThrow());
        assertThat(member.url()).endsWith("/requests");
        assertThat(journey.member.get("/requests").body().toString()).doesNotContain(app);
    }

    @Test
    void aDroppedKeystoreIsReadAndOpenedBeforeAnythingIsSubmitted() {
        journey.app("page-keystore");
        Issued issued = journey.certificate("page-keystore");
        Page member = browser.login(SandboxPerson.MEMBER);
        open(member, "/requests/new");
        choose(member, "#app", "page-keystore");
        choose(member, "#destination", "my-nginx.foo.bar");
        assertThat(member.locator("#passphrase-field")).isHidden();

        drop(member, "page-keystore.p12", issued.pkcs12("correct horse"));
        drop(member, "notes.txt", "no certificate".getBytes(StandardCharsets.UTF_8));
        assertThat(member.locator("#inspection .files li")).hasCount(2);
        drop(member, "notes.txt", "still no certificate".getBytes(StandardCharsets.UTF_8));

        assertThat(member.locator("#inspection .files")).containsText("PKCS#12");
        assertThat(member.locator("#inspection")).containsText("“notes.txt” cannot be read");
        assertThat(member.locator("#inspection-said")).containsText("errors to mend");
        assertThat(member.locator("#inspection .files li")).hasCount(2);
        member.fill("#passphrase", "wrong");
        assertThat(member.locator("#inspection")).containsText("The passphrase is wrong");
        member.fill("#passphrase", "correct horse");
        assertThat(member.locator("#inspection .pass-subject"))
                .hasText(issued.certificate().getSubjectX500Principal().getName());
        drop(member, "turned\u202Earound.txt", "nor here".getBytes(StandardCharsets.UTF_8));
        assertThat(member.locator("#inspection .files li")).hasCount(3);
        member.click("[data-remove*='around.txt']");
        assertThat(member.locator("#inspection .files li")).hasCount(2);
        member.click("[data-remove='notes.txt']");
        assertThat(member.locator("#inspection")).not().containsText("notes.txt");
        Browser.shoot(member, "request-form-keystore");
        member.setInputFiles("#caBundleFiles", sandbox.certificates().resolve("partner-ca.pem"));
        assertThat(member.locator("#inspection .finding.is-bad")).hasCount(0);
        member.fill("#reason", "app1 calls the partner");
        submit(member, "form[action='/requests']");

        journey.await(member.url().replaceAll(".*/requests/(req_[A-Za-z0-9_-]+).*", "$1"), "pending");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void whatSomebodyChangesInTheClusterIsRestoredAndSaidOnTheIdentitysPage() {
        String identity = journey.identity("page-drift");
        Page member = browser.login(SandboxPerson.MEMBER);
        open(member, "/identities/" + identity);
        assertThat(member.locator("section[aria-labelledby=events]")).containsText("Nobody has changed");
        assertThat(member.locator("section[aria-labelledby=path] .panel-head")).containsText("seen");
        Awaitility.await("the applier has said lately that it watches").until(() -> {
            member.reload();
            // whether a call gets through is not known where no istiod runs
            return member.locator(".banner.is-unknown:not(#ready)").count() == 0;
        });

        journey.drift(
                "DestinationRule",
                "page-drift",
                "kubectl-edit",
                "{\"spec\": {\"trafficPolicy\": {\"tls\": {\"mode\": \"SIMPLE\"}}}}");

        Locator event = member.locator("section[aria-labelledby=events] details");
        Awaitility.await("the page tells of the change").until(() -> {
            member.reload();
            return event.count() == 1;
        });
        assertThat(event).containsText("restored");
        assertThat(event).containsText("team-namespace/page-drift-nginx-mesh-external-dr");
        assertThat(event.locator(".who")).containsText("By kubectl-edit, once");
        event.locator("summary").click();
        assertThat(event.locator(".diff .del")).containsText("mode: SIMPLE");
        assertThat(event.locator(".diff .add")).containsText("mode: MUTUAL");
        Browser.shoot(member, "identity-drift");
        assertThat(Serialization.asYaml(
                        journey.object("DestinationRule", "page-drift").orElseThrow()))
                .contains("mode: \"MUTUAL\"");
        assertThat(browser.complaints()).isEmpty();
    }

    @Test
    void anIdentityIsRetiredAndNothingOfItIsLeftInTheCluster() {
        String identity = journey.identity("page-retired");
        Page member = browser.login(SandboxPerson.MEMBER);
        open(member, "/identities/" + identity);
        member.locator(".page-head a[href$='/retirement']").click();
        Browser.shoot(member, "retirement-form");
        member.fill("#reason", "Nobody calls it any more");
        member.locator("#confirmed").check();
        member.locator("form[action$='/retirement'] button[type=submit]").click();
        member.waitForURL("**/requests/req_*");
        String request = member.url().replaceAll(".*/requests/(req_[A-Za-z0-9_-]+).*", "$1");
        journey.await(request, "pending");
        assertThat(journey.existing("page-retired")).as("before the approval").isEqualTo(Journey.KINDS);

        Page admin = browser.login(SandboxPerson.ADMIN);
        open(admin, "/requests/" + request);
        assertThat(admin.locator("main")).containsText("5 objects will be deleted from the cluster");
        assertThat(admin.locator("details.fold .op.is-bad")).hasCount(5);
        assertThat(admin.locator("details.fold:has-text('nginx-deny-without-identity') .op")
                        .first())
                .hasText("unchanged");
        Browser.shoot(admin, "retirement-plan");
        admin.locator("input[name=verdict][value=approved]").check();
        admin.fill("#decision-reason", "As agreed with the team");
        submit(admin, "#decision");
        journey.await(request, "applied");

        assertThat(journey.existing("page-retired")).isEmpty();
        open(member, "/identities/" + identity);
        assertThat(member.locator(".over .badge")).hasText("Retired");
        Browser.shoot(member, "identity-retired");
        open(member, "/identities?show=retired");
        assertThat(member.locator("main")).containsText("page-retired");
        assertThat(browser.complaints()).isEmpty();
    }

    /** What a desktop does when somebody lets go of a file over the form. */
    private static void drop(Page page, String name, byte[] content) {
        page.evaluate("""
                ([name, base64]) => {
                  const files = new DataTransfer();
                  files.items.add(new File([Uint8Array.from(atob(base64), each => each.charCodeAt(0))], name));
                  document.querySelector('[data-drop]').dispatchEvent(
                    new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
                }
                """, List.of(name, Base64.getEncoder().encodeToString(content)));
    }

    @Test
    void whatIsNotOnesOwnIsNotThereOnPagesEither() {
        String app = journey.app("page-private");
        String request = journey.submit(app, journey.certificate("page-private"));
        Page other = browser.login(SandboxPerson.OTHER_MEMBER);

        assertThat(other.navigate(sandbox.address() + "/requests/" + request).status())
                .isEqualTo(404);
        Browser.shoot(other, "not-found");
        assertThat(other.navigate(sandbox.address() + "/queue").status()).isIn(403, 404);
    }

    @Test
    void somebodyWhoSignsOutIsOut() {
        Page member = browser.login(SandboxPerson.MEMBER);

        member.locator("form[action='/logout'] button").click();
        member.waitForURL("**/signed-out");
        Browser.shoot(member, "signed-out");

        member.navigate(sandbox.address() + "/apps");
        assertThat(member.locator("#username")).isVisible();
        Browser.shoot(member, "login");
    }

    private void open(Page page, String path) {
        assertThat(page.navigate(sandbox.address() + path).status()).as(path).isEqualTo(200);
    }

    private static void submit(Page page, String form) {
        page.locator(form).locator("button.btn-primary[type=submit]").first().click();
        page.waitForLoadState();
    }

    /** Chooses the option that says something; what there is but one of is chosen already. */
    private static void choose(Page page, String select, String text) {
        Locator option = page.locator(select + " option")
                .filter(new Locator.FilterOptions().setHasText(text))
                .first();
        page.locator(select).selectOption(new SelectOption().setValue(option.getAttribute("value")));
    }
}
