package io.waypass.portal.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.portal.Portal;
import io.waypass.portal.page.Visitor.Page;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The form of a request: what it reads, what it finds, and what it never gives back. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestFormPagesIT {

    private PageFixtures pages;
    private TestCertificateAuthority clients;
    private TestCertificateAuthority partner;
    private Portal portal;
    private Visitor member;

    @BeforeAll
    void start() {
        pages = new PageFixtures();
        clients = pages.clients;
        partner = pages.partner;
        portal = pages.portal;
        member = pages.member;
    }

    @AfterAll
    void stop() {
        pages.close();
    }

    @Test
    void theKeyOfAnotherCertificateIsAFindingAndIsNotGivenBack() {
        Issued issued = clients.issue(Wish.client("CN=one.mismatch"));
        Issued other = clients.issue(Wish.client("CN=one.other"));
        String app = portal.app("mismatch");
        long before = stored();

        Page refused = pages.ask(app, issued.chainPem(), other.keyPem(), partner.certificatePem(), "because", Map.of());

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

        Page refused = pages.ask(
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

        Page refused = pages.ask(
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

        Page first = pages.ask(app, "", "", "", "because", files);
        Page wrong = pages.ask(app, "", "", "", "because", files, "s3same");
        Page right = pages.ask(app, "", "", "", "because", files, "the real one");

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
    void aPassphraseIsAskedForAgainWithTheFileThatItOpens() {
        Issued issued = clients.issue(Wish.client("CN=one.both-again"));

        Page refused = pages.ask(
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
                .collect(Collectors.joining());

        String address =
                "See https://wiki.example/spaces/TEAM/pages/123456789/Onboarding-of-the-partner-with-client-certificates";
        String app = portal.app("bare-key");

        Page page = pages.ask(app, bare, "", "", bare, Map.of());
        Page link = pages.ask(app, bare, "", "", address, Map.of());

        assertThat(page.status()).isEqualTo(422);
        assertThat(page.source()).doesNotContain(bare);
        assertThat(link.value("#reason")).isEqualTo(address);
    }

    @Test
    void filesAndPastedTextAreReadTogetherAndMayBeginWithAByteOrderMark() {
        Issued issued = clients.issue(Wish.client("CN=one.files"));

        Page page = pages.ask(
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
        String first = pages.submit(app, issued);

        Page refused =
                pages.ask(app, issued.chainPem(), issued.keyPem(), partner.certificatePem(), "once more", Map.of());

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("[role=alert]")).contains(first).contains("Nothing was stored");
        assertThat(refused.value("#reason")).isEqualTo("once more");
        assertHasNoKey(refused, issued);
    }

    private static void assertHasNoKey(Page page, Issued issued) {
        assertThat(issued.keyPem().lines().filter(line -> !line.startsWith("-----")))
                .isNotEmpty()
                .allSatisfy(line -> assertThat(page.source()).doesNotContain(line));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private long stored() {
        return portal.owner
                .sql("select (select count(*) from request) + (select count(*) from certificate)"
                        + " + (select count(*) from sealed_key) + (select count(*) from identity)")
                .query(Long.class)
                .single();
    }
}
