package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.MEMBER;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.SharedSamples.SUBJECT;
import static io.waypass.frontend.SharedSamples.choice;
import static io.waypass.frontend.SharedSamples.finding;
import static io.waypass.frontend.SharedSamples.pass;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The form that asks for an identity, and what the judge says of the certificate in it. */
final class RequestFormSamples {

    /** What the form binds to; the portal's own has the same components and the files. */
    public record RequestForm(
            String app, String destination, String clientText, String passphrase, String caBundleText, String reason) {}

    private static final String PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    private static final Values APP1 = choice("app_1", "app1 in team-namespace");
    private static final Values NO_FILES = again();

    private RequestFormSamples() {}

    static List<SamplePage> pages() {
        SamplePage blank = page("request/form")
                .by(MEMBER)
                .view(values("apps", List.of(APP1))
                        .and("destinations", List.of(choice("nginx", HOST)))
                        .and("catalogueHasCa", false)
                        .and("passphrase", false)
                        .and("again", values("client", NO_FILES, "caBundle", NO_FILES, "any", false))
                        .and("inspection", null))
                .form(new RequestForm("app_1", "nginx", "", "", "", ""));
        List<Values> twoApps = List.of(APP1, choice("app_2", "app2 in team-namespace"));
        return List.of(
                blank.named("request-form").with("apps", twoApps),
                blank.named("request-form-no-app")
                        .with("apps", List.of())
                        .with("destinations", List.of())
                        .form(new RequestForm("", "", "", "", "", "")),
                blank.named("request-form-conflict")
                        .with("again.client", again("app1.p12", "issuer.pem"))
                        .with("again.any", true)
                        .form(new RequestForm("app_1", "nginx", "", "", "", "Again"))
                        .error(
                                "",
                                "app1 has an open request for my-nginx.foo.bar already. Withdraw it first, or wait for"
                                        + " its decision."),
                blank.named("request-form-passphrase")
                        .with("passphrase", true)
                        .with("again.client", again("app1.p12"))
                        .with("again.any", true)
                        .with("inspection", withoutPassphrase())
                        .form(new RequestForm("app_1", "nginx", "", "NEVER-ECHOED", PEM, "Order status"))
                        .error("passphrase", "A passphrase is needed"),
                blank.named("request-form-refused")
                        .with("apps", twoApps)
                        .with("catalogueHasCa", true)
                        .with("again.client", again("app1.key"))
                        .with("again.caBundle", again("partner.pem"))
                        .with("again.any", true)
                        .with("inspection", foreignKey())
                        .form(new RequestForm(
                                "app_1",
                                "nginx",
                                PEM,
                                "NEVER-ECHOED",
                                "",
                                "Order status from app1 to the partner's nginx."))
                        .error("clientText", "The private key belongs to another certificate")
                        .error("caBundleText", "“partner.pem” cannot be read"),
                blank.named("request-form-inspected")
                        .with("catalogueHasCa", true)
                        .with("inspection", longChain()));
    }

    private static Values again(String... files) {
        return values("files", List.of(files), "pasted", false, "any", files.length > 0);
    }

    private static Values inspection(List<Values> parts, List<Values> findings, int errors, int warnings, int notes) {
        return values("parts", parts)
                .and("findings", findings)
                .and("errors", errors)
                .and("warnings", warnings)
                .and("notes", notes)
                .and("passphrase", false)
                .and("chain", null)
                .and("pass", null);
    }

    private static Values part(String field, String source, String name, String form, String holds) {
        return values("field", field)
                .and("source", source)
                .and("name", name)
                .and("form", form)
                .and("holds", holds)
                .and("whole", true)
                .and("secret", false);
    }

    private static Values withoutPassphrase() {
        return inspection(
                        List.of(
                                part("chain", "file", "app1.p12", "PKCS#12", "needs its passphrase")
                                        .with("whole", false)
                                        .with("secret", true),
                                part("caBundle", "catalogue", "", "PEM", "1 certificate")),
                        List.of(finding(
                                "error",
                                "key.passphrase-required",
                                "A passphrase is needed",
                                "the PKCS#12 file is encrypted, and no passphrase was given.",
                                "the passphrase that it was encrypted with.",
                                "Give the passphrase. It is used once and never stored.")),
                        1,
                        0,
                        0)
                .with("passphrase", true);
    }

    private static Values foreignKey() {
        return inspection(
                        List.of(
                                part("chain", "file", "app1.key", "PEM", "1 private key (EC P-384)")
                                        .with("secret", true),
                                part("chain", "client", "", "PEM", "2 certificates"),
                                part("caBundle", "file", "partner.pem", "not recognised", "nothing that can be used")
                                        .with("whole", false)
                                        .with("secret", true)),
                        List.of(
                                finding(
                                        "error",
                                        "key.mismatch",
                                        "The private key belongs to another certificate",
                                        "none of the certificates that were given belongs to it.",
                                        "the key of CN=team-namespace.app1.",
                                        "Choose the key that the signing request was made with. If it is gone, ask for"
                                                + " a new certificate; a key cannot be derived from one."),
                                finding(
                                        "error",
                                        "input.unreadable",
                                        "“partner.pem” cannot be read",
                                        "there is no certificate and no key in it.",
                                        "text with a line “-----BEGIN CERTIFICATE-----”.",
                                        "Ask the partner who signed their server certificate, and give that"
                                                + " certificate."),
                                finding(
                                        "warning",
                                        "key.curve",
                                        "The key uses curve P-384",
                                        "the key is on curve P-384.",
                                        "curve P-256, or a partner that talks TLS 1.3.",
                                        "You may go on if the partner talks TLS 1.3."),
                                finding(
                                        "note",
                                        "chain.reordered",
                                        "The chain was put in order",
                                        "CN=Foo Bar Client CA 2, then CN=team-namespace.app1.",
                                        "your certificate first.",
                                        "Nothing; it is stored in that order.")),
                        2,
                        1,
                        1)
                .with(
                        "chain",
                        chain(
                                List.of(
                                        node("key", "", "bad", "others", null, ""),
                                        node("leaf", SUBJECT, "warn", "warned", "2027-11-21T09:00:00Z", "EC P-384"),
                                        node(
                                                "intermediate",
                                                "CN=Foo Bar Client CA 2",
                                                "ok",
                                                "fine",
                                                "2031-03-01T09:00:00Z",
                                                "RSA 4096"),
                                        node("missing", "CN=Foo Bar Root CA", "unknown", "left-out", null, "")),
                                leg("bad", "others"),
                                leg("plain", "signed"),
                                leg("unknown", "ends")))
                .with("pass", pass().with("version", 0).with("trusts", List.of()));
    }

    private static Values longChain() {
        String until = "2027-11-21T09:00:00Z";
        return inspection(
                        List.of(part(
                                        "chain",
                                        "file",
                                        "a-keystore-with-a-very-long-name-that-somebody"
                                                + "-gave-it-in-production-2026-11-23.p12",
                                        "PKCS#12",
                                        "1 private key (RSA 4096), 5 certificates")
                                .with("secret", true)),
                        List.of(),
                        0,
                        0,
                        0)
                .with(
                        "chain",
                        chain(
                                List.of(
                                        node("key", "", "ok", "fits", null, "RSA 4096"),
                                        node("leaf", SUBJECT, "ok", "fine", until, "RSA 4096"),
                                        node("intermediate", "CN=Issuing CA 4", "ok", "fine", until, "RSA 4096"),
                                        node("intermediate", "CN=Policy CA 3", "bad", "expired", until, "RSA 4096"),
                                        node("intermediate", "CN=Policy CA 2", "bad", "early", until, "RSA 4096"),
                                        node("root", "CN=Root", "ok", "fine", until, "RSA 4096")),
                                leg("plain", "belongs"),
                                leg("plain", "signed"),
                                leg("plain", "signed"),
                                leg("plain", "signed"),
                                leg("plain", "signed")));
    }

    private static Values chain(List<Values> nodes, Values... legs) {
        return values("subject", SUBJECT, "nodes", nodes, "legs", List.of(legs));
    }

    private static Values node(
            String kind, String title, String state, String word, @Nullable String until, String algorithm) {
        return values("kind", kind)
                .and("title", title)
                .and("state", state)
                .and("word", word)
                .and("until", until == null ? null : moment(until, "days", 0))
                .and("algorithm", algorithm);
    }

    private static Values leg(String state, String word) {
        return values("state", state, "word", word);
    }
}
