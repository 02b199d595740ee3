package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import io.waypass.portal.IdentityProviderStub;
import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The queue and the policies as a platform admin uses them, without JavaScript. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QueuePagesIT {

    private static final PlanCheck PASSED = CheckCode.NAMESPACE_EXISTS.passed("It exists.");
    private static final PlanCheck FAILED =
            CheckCode.GATEWAY_PROGRAMMED.failed("It is not programmed.", "Look at the gateway.");
    private static final PlanCheck UNKNOWN = CheckCode.GATEWAY_PROGRAMMED.unknown("Nobody has said.", "Ask the mesh.");
    private static final PlanCheck WARNING = CheckCode.NAMESPACE_AMBIENT.warning("No label.", "Label it.");

    private final TestCertificateAuthority authority = TestCertificateAuthority.root("CN=CA");
    private IdentityProviderStub provider;
    private Portal portal;
    private Visitor admin;
    private String clean;
    private String failed;
    private String unknown;
    private String warning;

    @BeforeAll
    void start() {
        provider = new IdentityProviderStub();
        portal = new Portal(provider.issuer(), "http://localhost:8080");
        admin = new Visitor(portal, provider, "queue-admin", "platform-admins");
        clean = planned("clean-app", PASSED);
        failed = planned("failed-app", PASSED, FAILED);
        unknown = planned("unknown-app", PASSED, UNKNOWN);
        warning = planned("warned-app", PASSED, WARNING);
    }

    @AfterAll
    void stop() {
        admin.close();
        portal.close();
        provider.close();
    }

    @Test
    void theQueueIsNarrowedByWhatAnApproverLooksFor() {
        Map<String, List<String>> expected = Map.of(
                "", List.of(clean, failed, unknown, warning),
                "?attention=failed", List.of(failed),
                "?attention=unknown", List.of(unknown),
                "?attention=warning", List.of(warning),
                "?attention=clean", List.of(clean),
                "?text=WARNED", List.of(warning),
                "?team=one&destination=nginx&kind=create-identity", List.of(clean, failed, unknown, warning),
                "?team=two", List.of(),
                "?kind=rotate-certificate", List.of());
        expected.forEach((query, requests) -> {
            Page page = admin.open("/queue" + query);
            assertThat(page.status()).isEqualTo(200);
            List<String> shown = page.html().select("main tbody a.title").eachAttr("href").stream()
                    .map(href -> href.replaceAll(".*/(req_[^?]+).*", "$1"))
                    .filter(List.of(clean, failed, unknown, warning)::contains)
                    .toList();
            assertThat(shown).as(query).isEqualTo(requests);
        });
        assertThat(admin.open("/queue?team=two").text("main")).contains("No request that waits is like this");
        assertThat(admin.open("/queue").text(".chips"))
                .contains("Failed check 1")
                .contains("Unknown 1");
        assertThat(admin.open("/queue?kind=nonsense&attention=nonsense&cursor=").status())
                .isIn(200, 422);
    }

    @Test
    void onlyWhoseChecksAllPassedCanBeSelected() {
        Page page = admin.open("/queue");

        for (String request : List.of(failed, unknown, warning)) {
            assertThat(page.html()
                            .select("tr:has(a[href*=" + request + "]) input[type=checkbox]")
                            .hasAttr("disabled"))
                    .isTrue();
        }
        assertThat(page.html()
                        .select("tr:has(a[href*=" + clean + "]) input[type=checkbox]")
                        .hasAttr("disabled"))
                .isFalse();
    }

    @Test
    void severalAreApprovedWithOneReasonEachByThePlanThatWasSelected() {
        String one = planned("many-one", PASSED);
        String two = planned("many-two", PASSED);
        String replanned = planned("many-replanned", PASSED);
        String query = query(one, two, replanned, warning);
        portal.applier.replan(replanned, "Something changed.");
        portal.applier.plan(replanned, List.of(PASSED));

        Page form = admin.open("/queue/approval?" + query);
        assertThat(form.text("h1")).contains("Approve 4 requests");
        assertThat(form.text("main")).contains("many-one").contains("many-two");
        Page without = admin.follow(admin.post("/queue/approval", query + "&reason="));
        assertThat(without.status()).isEqualTo(422);
        assertThat(without.text("#approval-reason-wrong")).contains("Give a reason");
        Page page = admin.follow(admin.post("/queue/approval", query + "&reason=All+fine"));

        assertThat(page.status()).isEqualTo(409);
        assertThat(page.text(".flash")).contains("2 of 4 approvals are recorded");
        assertThat(page.text("main"))
                .contains("The plan was made anew while you read it")
                .contains("Not every check of its plan passed");
        assertThat(status(one)).isEqualTo("approved");
        assertThat(status(two)).isEqualTo("approved");
        assertThat(status(replanned)).isEqualTo("pending");
        assertThat(status(warning)).isEqualTo("pending");
    }

    @Test
    void whoSelectedNothingIsToldSo() {
        assertThat(admin.open("/queue/approval").text(".flash")).contains("Nothing is selected");
    }

    @Test
    void aRequestsPageSaysThatItsPlanWasMadeAnewAndWhy() {
        String request = planned("anew-app", PASSED);
        portal.applier.replan(request, "ServiceAccount namespace-one/anew-app has changed.");
        portal.applier.plan(request, List.of(PASSED, FAILED));

        Page page = admin.open("/requests/" + request + "?from=queue");

        assertThat(page.text(".banners"))
                .contains("this is plan 2")
                .contains("ServiceAccount namespace-one/anew-app has changed.");
        assertThat(page.text(".checks")).contains("It is not programmed.").contains("Look at the gateway.");
        assertThat(page.text(".timeline")).contains("Plan made anew");
        assertThat(page.html().select("a[data-key=n]").attr("href")).contains("/queue/next");
        assertThat(admin.open("/queue/next?after=" + request).path()).startsWith("/requests/req_");
    }

    @Test
    void aPolicyIsWrittenRefusedSavedTriedAndSwitched() {
        Page form = admin.open("/policies/new");
        Page refused = admin.submit(
                form,
                "/policies",
                Map.of("name", "page-rule", "description", "A rule", "expression", "certificate.keybits < 1"));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("#expression-wrong")).contains("Line 1, column 12: undefined field 'keybits'");
        assertThat(refused.text("#effect-wrong")).contains("Choose what the policy does");
        assertThat(refused.value("#expression")).isEqualTo("certificate.keybits < 1");

        Page saved = admin.submit(
                refused,
                "/policies",
                Map.of(
                        "name", "page-rule",
                        "description", "A rule",
                        "effect", "deny",
                        "message", "Not from this page.",
                        "expression", "request.app == 'failed-app'"));
        assertThat(saved.path()).isEqualTo("/policies/page-rule");
        assertThat(saved.text(".flash")).contains("Version 1 is saved").contains("not switched on");
        assertThat(saved.text("main")).contains("It would have applied to 1 of").contains("failed-app");

        Page on = admin.submit(saved, "/policies/page-rule/activation", Map.of());
        assertThat(on.text(".flash")).contains("Version 1 is on");
        assertThat(admin.open("/policies").text("main")).contains("On, version 1");
        Page off = admin.submit(on, "/policies/page-rule/activation", Map.of());
        assertThat(off.text(".flash")).contains("The policy is off");
    }

    private String planned(String app, PlanCheck... checks) {
        Issued issued = authority.issue(Wish.client("CN=" + app));
        String request = portal.asks("member", portal.app(app), issued, authority.certificatePem())
                .body()
                .path("request")
                .path("id")
                .asString();
        portal.applier.plan(request, Arrays.asList(checks));
        return request;
    }

    private String query(String... requests) {
        return Arrays.stream(requests)
                .map(request -> "request="
                        + URLEncoder.encode(
                                request + "~"
                                        + portal.call("admin", "GET", "/requests/" + request + "/plan")
                                                .body()
                                                .path("id")
                                                .asString(),
                                StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    private String status(String request) {
        return portal.call("admin", "GET", "/requests/" + request)
                .body()
                .path("request")
                .path("status")
                .asString();
    }
}
