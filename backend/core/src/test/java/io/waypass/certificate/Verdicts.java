package io.waypass.certificate;

import static io.waypass.certificate.OpenSslKit.CA_FROM;
import static io.waypass.certificate.OpenSslKit.FROM;
import static io.waypass.certificate.OpenSslKit.UNTIL;
import static io.waypass.certificate.OpenSslKit.authority;
import static io.waypass.certificate.OpenSslKit.client;
import static io.waypass.certificate.Part.Field.PRIVATE_KEY;

import io.waypass.certificate.OpenSslKit.Key;
import io.waypass.testing.OpenSsl;
import io.waypass.testing.OpenSsl.Wanted;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Every code, with something that brings it about. The table of codes in {@code docs/certificates.md} is made from them. */
final class Verdicts {

    private static final Wanted APP1 = client("/O=Example/CN=team-namespace.app1");

    private Verdicts() {}

    static List<Verdict> all() {
        return Stream.of(
                        missing(),
                        passphrases(),
                        keys(),
                        kinds(),
                        chains(),
                        leaves(),
                        signatures(),
                        authorities(),
                        circumstances(),
                        warnings(),
                        notes())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Verdict> missing() {
        return List.of(
                Verdict.error("chain.missing", "a key, but no certificate").given("leaf.key"),
                Verdict.error("key.missing", "a chain, but no key").given("chain.pem"),
                Verdict.error("ca.missing", "no CA bundle, nor one in the catalogue")
                        .given("chain.pem", "leaf.key")
                        .withoutCa(),
                Verdict.error("input.unreadable", "some text in place of a certificate")
                        .made("echo 'The certificate comes with another mail.' > mail.txt")
                        .given("mail.txt", "leaf.key"));
    }

    private static List<Verdict> passphrases() {
        return List.of(
                Verdict.error("key.passphrase-required", "an encrypted PKCS#8 key without its passphrase")
                        .made("openssl pkcs8 -topk8 -in leaf.key -out locked.key -passout file:passphrase")
                        .given("chain.pem", "locked.key"),
                Verdict.error(
                                "key.passphrase-required",
                                "a key encrypted in the old way (Proc-Type) without its passphrase")
                        .made("openssl ec -in leaf.key -aes256 -out locked.key -passout file:passphrase")
                        .given("chain.pem", "locked.key"),
                Verdict.error("key.passphrase-required", "a PKCS#12 file without its passphrase")
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -out locked.p12 -passout file:passphrase")
                        .given("locked.p12"),
                Verdict.error("key.passphrase-required", "a Java keystore without its passphrase")
                        .made(JKS)
                        .given("locked.jks"),
                Verdict.error("key.passphrase-wrong", "an encrypted PKCS#8 key with another passphrase")
                        .made("openssl pkcs8 -topk8 -in leaf.key -out locked.key -passout file:passphrase")
                        .given("chain.pem", "locked.key")
                        .opened("another"),
                Verdict.error(
                                "key.passphrase-wrong",
                                "a key encrypted in the old way (Proc-Type) with another passphrase")
                        .made("openssl ec -in leaf.key -aes256 -out locked.key -passout file:passphrase")
                        .given("chain.pem", "locked.key")
                        .opened("another"),
                Verdict.error("key.passphrase-wrong", "a PKCS#12 file with another passphrase")
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -out locked.p12 -passout file:passphrase")
                        .given("locked.p12")
                        .opened("another"),
                Verdict.error("key.passphrase-wrong", "a PKCS#12 file without MAC, with another passphrase")
                        .made(
                                "openssl pkcs12 -export -nomac -in chain.pem -inkey leaf.key -out locked.p12 -passout file:passphrase")
                        .given("locked.p12")
                        .opened("another"),
                Verdict.error("key.passphrase-wrong", "a Java keystore whose key has a passphrase of its own")
                        .made(
                                JKS,
                                "keytool -keypasswd -alias app1 -keystore locked.jks -storepass:file passphrase"
                                        + " -keypass:file passphrase -new:file umlauts")
                        .given("locked.jks")
                        .opened(OpenSslKit.PASSPHRASE),
                Verdict.error("key.passphrase-wrong", "a Java keystore with another passphrase")
                        .made(JKS)
                        .given("locked.jks")
                        .opened("another"));
    }

    private static final String JKS = """
            openssl pkcs12 -export -in chain.pem -inkey leaf.key -name app1 -out made.p12 -passout file:passphrase
            rm -f locked.jks
            keytool -importkeystore -noprompt -srckeystore made.p12 -srcstorepass:file passphrase \
                -destkeystore locked.jks -deststoretype JKS -deststorepass:file passphrase""";

    private static final Consumer<OpenSsl> APP2 =
            openSsl -> openSsl.issue("app2", client("/O=Example/CN=team-namespace.app2"));

    private static List<Verdict> keys() {
        return List.of(
                Verdict.error("key.mismatch", "the key of the authority that issued the certificate")
                        .given("chain.pem", "ca-2.key"),
                Verdict.error("key.mismatch", "the key of another app")
                        .made(APP2)
                        .given("chain.pem")
                        .given(PRIVATE_KEY, "app2.key"),
                Verdict.error("key.mismatch", "the key of the certificate before, of another type")
                        .made("openssl genpkey -algorithm ED25519 -out before.key")
                        .given("chain.pem", "before.key"),
                Verdict.error("key.ambiguous", "two keys, none of which belongs to the certificate")
                        .made(APP2)
                        .given("chain.pem", "app2.key", "partner.key"),
                Verdict.error("key.ambiguous", "a Java keystore with the entries of two apps")
                        .made(openSsl -> {
                            APP2.accept(openSsl);
                            openSsl.shell("""
                                    rm -f two.jks
                                    for app in leaf app2; do
                                      openssl pkcs12 -export -in $app.pem -inkey $app.key -certfile issuers.pem \\
                                        -name $app -out made.p12 -passout file:passphrase
                                      keytool -importkeystore -noprompt -srckeystore made.p12 -srcstorepass:file passphrase \\
                                        -destkeystore two.jks -deststoretype JKS -deststorepass:file passphrase
                                    done""");
                        })
                        .given("two.jks")
                        .opened(OpenSslKit.PASSPHRASE)
                        .also("chain.unrelated", "chain.repeated"),
                Verdict.error("key.ambiguous", "certificates and keys of two apps")
                        .made(APP2)
                        .given("leaf.pem", "leaf.key", "app2.pem", "app2.key", "issuers.pem")
                        .also("chain.unrelated"));
    }

    private static Verdict kind(String when, String algorithm, String... options) {
        return Verdict.error("key.unsupported", when)
                .made(openSsl -> {
                    openSsl.run(Stream.concat(
                                    Stream.of("genpkey", "-quiet", "-algorithm", algorithm, "-out", "odd.key"),
                                    Stream.of(options).flatMap(option -> Stream.of("-pkeyopt", option)))
                            .toArray(String[]::new));
                    openSsl.issue("odd", APP1);
                    openSsl.shell("cat odd.pem issuers.pem odd.key > odd-all.pem");
                })
                .given("odd-all.pem");
    }

    private static List<Verdict> kinds() {
        return List.of(
                Verdict.error("key.weak", "an RSA key with 1024 bits")
                        .made(openSsl -> {
                            openSsl.key("weak", "RSA", "rsa_keygen_bits:1024");
                            openSsl.issue("weak", APP1);
                        })
                        .given("weak.pem", "issuers.pem", "weak.key"),
                kind("a key on curve P-224", "EC", "ec_paramgen_curve:P-224"),
                kind("a key on curve secp256k1", "EC", "ec_paramgen_curve:secp256k1"),
                kind("a key on a Brainpool curve", "EC", "ec_paramgen_curve:brainpoolP256r1"),
                kind("a key whose curve is written out", "EC", "ec_paramgen_curve:P-256", "ec_param_enc:explicit")
                        .also("key.unsupported"),
                kind("an Ed448 key", "ED448"),
                kind("an RSA key for RSASSA-PSS alone", "RSA-PSS", "rsa_keygen_bits:2048"),
                Verdict.error("key.unsupported", "a DSA key")
                        .made(openSsl -> {
                            openSsl.shell("""
                                    openssl genpkey -quiet -genparam -algorithm DSA -pkeyopt dsa_paramgen_bits:1024 -out dsa
                                    openssl genpkey -quiet -paramfile dsa -out dsa.key""");
                            openSsl.issue("dsa", APP1);
                        })
                        .given("dsa.pem", "issuers.pem", "dsa.key"));
    }

    private static List<Verdict> chains() {
        return List.of(
                Verdict.error("chain.broken", "an issuer that renewed its certificate with another key")
                        .made(openSsl -> openSsl.issue(
                                "renewed",
                                authority("/O=Example/CN=Client CA 2").by("ca-1")))
                        .given("leaf.pem", "renewed.pem", "ca-1.pem", "leaf.key"),
                Verdict.error("chain.not-an-issuer", "an app's certificate that issued another")
                        .made(openSsl -> {
                            openSsl.issue(
                                    "by-app",
                                    client("/O=Example/CN=team-namespace.app2").by("leaf"));
                        })
                        .given("by-app.pem", "chain.pem", "by-app.key"),
                Verdict.error("chain.not-an-issuer", "an authority whose key usage does not let it issue")
                        .made(openSsl -> {
                            openSsl.issue(
                                    "no-issuer",
                                    authority("/O=Example/CN=Client CA 3")
                                            .by("ca-1")
                                            .with("basicConstraints=critical,CA:TRUE", "keyUsage=cRLSign"));
                            openSsl.issue(
                                    "by-no-issuer",
                                    client("/O=Example/CN=team-namespace.app2").by("no-issuer"));
                        })
                        .given("by-no-issuer.pem", "no-issuer.pem", "ca-1.pem", "by-no-issuer.key"),
                Verdict.error("chain.not-an-issuer", "an authority below one that allows none below it")
                        .made(openSsl -> {
                            openSsl.issue(
                                    "last",
                                    authority("/O=Example/CN=Client CA 3")
                                            .by("root")
                                            .with("basicConstraints=critical,CA:TRUE,pathlen:0"));
                            openSsl.issue(
                                    "below",
                                    authority("/O=Example/CN=Client CA 4").by("last"));
                            openSsl.issue(
                                    "deep",
                                    client("/O=Example/CN=team-namespace.app2").by("below"));
                        })
                        .given("deep.pem", "below.pem", "last.pem", "deep.key"),
                Verdict.error("chain.unrelated", "the partner's CA among the client's certificates")
                        .given("chain.pem", "partner.pem", "leaf.key"),
                Verdict.error("chain.unrelated", "the authority of another chain")
                        .made(openSsl -> openSsl.issue("other-root", authority("/O=Example/CN=Client Root of 2010")))
                        .given("chain.pem", "other-root.pem", "leaf.key"),
                Verdict.error("chain.unrelated", "an intermediate is missing in between")
                        .given("leaf.pem", "ca-1.pem", "leaf.key")
                        .also("chain.incomplete"),
                Verdict.error("chain.expired", "an intermediate that has expired")
                        .made(old(authority("/O=Example/CN=Client CA of 2024")
                                .valid(CA_FROM, Instant.parse("2026-05-31T00:00:00Z"))))
                        .given("old.pem", "old-ca.pem", "leaf.key"),
                Verdict.error("chain.not-yet-valid", "an intermediate that is valid from next year on")
                        .made(old(authority("/O=Example/CN=Client CA of 2027")
                                .valid(Instant.parse("2027-01-01T00:00:00Z"), Instant.parse("2037-01-01T00:00:00Z"))))
                        .given("old.pem", "old-ca.pem", "leaf.key"));
    }

    private static Consumer<OpenSsl> old(Wanted issuer) {
        return openSsl -> {
            openSsl.issue("old-ca", issuer.by("root"));
            openSsl.write("old.key", openSsl.read("leaf.key"));
            openSsl.issue("old", APP1.by("old-ca"));
        };
    }

    private static Verdict leaf(Verdict verdict, Wanted wanted) {
        return verdict.made(openSsl -> {
                    openSsl.write("odd.key", openSsl.read("leaf.key"));
                    openSsl.issue("odd", wanted);
                })
                .given("odd.pem", "issuers.pem", "leaf.key");
    }

    private static List<Verdict> leaves() {
        return List.of(
                leaf(
                        Verdict.error("leaf.expired", "a certificate that has expired"),
                        APP1.valid(Instant.parse("2025-06-01T00:00:00Z"), Instant.parse("2026-05-31T23:59:59Z"))),
                leaf(
                        Verdict.error("leaf.not-yet-valid", "a certificate that is valid from tomorrow on"),
                        APP1.valid(Instant.parse("2026-06-02T00:00:00Z"), UNTIL)),
                Verdict.error("leaf.is-ca", "a self-signed certificate as “openssl req -x509” makes it")
                        .made(openSsl -> {
                            openSsl.write("odd.key", openSsl.read("leaf.key"));
                            openSsl.issue(
                                    "odd",
                                    Wanted.client("/CN=app1", FROM, UNTIL)
                                            .with("subjectKeyIdentifier=hash", "basicConstraints=critical,CA:true"));
                        })
                        .given("odd.pem", "leaf.key"),
                leaf(
                        Verdict.error("leaf.no-client-auth", "a server's certificate"),
                        APP1.with("basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth")),
                leaf(
                        Verdict.error("leaf.no-client-auth", "a certificate for any purpose"),
                        APP1.with("basicConstraints=CA:FALSE", "extendedKeyUsage=anyExtendedKeyUsage")),
                leaf(
                        Verdict.error("leaf.key-usage", "a certificate with the key usage keyEncipherment alone"),
                        APP1.with("basicConstraints=CA:FALSE", "keyUsage=critical,keyEncipherment")));
    }

    private static List<Verdict> signatures() {
        return List.of(
                leaf(Verdict.error("signature.weak", "a certificate signed with SHA-1"), APP1.signedWith("sha1")),
                leaf(
                                Verdict.error("signature.weak", "a certificate signed with MD5"),
                                APP1.by("ca-1").signedWith("md5"))
                        .also("chain.unrelated"),
                leaf(
                                Verdict.error("signature.weak", "a certificate signed with RSASSA-PSS and SHA-1"),
                                APP1.by("ca-1").signedWith("sha1", "-sigopt", "rsa_padding_mode:pss"))
                        .also("chain.unrelated"),
                Verdict.error("signature.weak", "an intermediate signed with SHA-1")
                        .made(old(authority("/O=Example/CN=Client CA of 2009").signedWith("sha1")))
                        .given("old.pem", "old-ca.pem", "leaf.key"),
                Verdict.error("signature.weak", "the partner's intermediate, signed with SHA-1")
                        .made(openSsl -> openSsl.issue(
                                "weak-ca",
                                authority("/O=Partner/CN=Partner CA of 2009")
                                        .by("partner")
                                        .signedWith("sha1")))
                        .given("chain.pem", "leaf.key")
                        .ca("partner.pem", "weak-ca.pem"));
    }

    private static List<Verdict> authorities() {
        Wanted past =
                authority("/O=Partner/CN=Partner Root of 2010").valid(CA_FROM, Instant.parse("2025-01-01T00:00:00Z"));
        return List.of(
                Verdict.error("ca.not-a-ca", "the partner's server certificate as CA bundle")
                        .made(openSsl -> openSsl.issue(
                                "server",
                                Wanted.client("/CN=api.partner.example", FROM, UNTIL)
                                        .with("basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth")
                                        .by("partner")))
                        .given("chain.pem", "leaf.key")
                        .ca("server.pem"),
                Verdict.error("ca.not-a-ca", "an authority whose key usage does not let it issue")
                        .made(openSsl -> openSsl.issue(
                                "no-issuer",
                                authority("/O=Partner/CN=Partner Root")
                                        .with("basicConstraints=critical,CA:TRUE", "keyUsage=cRLSign")))
                        .given("chain.pem", "leaf.key")
                        .ca("no-issuer.pem"),
                Verdict.error("ca.expired", "a CA bundle that has expired")
                        .made(openSsl -> openSsl.issue("past", past))
                        .given("chain.pem", "leaf.key")
                        .ca("past.pem"),
                Verdict.warning("ca.partly-expired", "a CA bundle of which one has expired")
                        .made(openSsl -> openSsl.issue("past", past))
                        .given("chain.pem", "leaf.key")
                        .ca("past.pem", "partner.pem"),
                Verdict.error(
                                "ca.is-client-issuer-only",
                                "the client's own CA as CA bundle, though the catalogue has another")
                        .given("chain.pem", "leaf.key")
                        .ca("root.pem")
                        .known(openSsl -> knows(openSsl, "partner.pem")),
                Verdict.warning("ca.new", "a CA bundle with an authority that the catalogue does not have")
                        .given("chain.pem", "leaf.key")
                        .ca("root.pem", "partner.pem")
                        .known(openSsl -> knows(openSsl, "partner.pem")));
    }

    private static Circumstances knows(OpenSsl openSsl, String catalogue) {
        return new Circumstances(
                Optional.empty(), Optional.empty(), Optional.of(openSsl.text(catalogue)), _ -> Optional.empty());
    }

    private static Circumstances replaces(OpenSsl openSsl, Wanted before) {
        openSsl.write("before.key", openSsl.read("leaf.key"));
        openSsl.issue("before", before);
        try (CertificateSubmission submission = CertificateSubmission.of(
                        openSsl.text("before.pem"), openSsl.text("leaf.key"), openSsl.text("partner.pem"));
                Judgement judgement = OpenSslKit.intake().judge(submission, Circumstances.NONE)) {
            return new Circumstances(judgement.facts(), Optional.empty(), Optional.empty(), _ -> Optional.empty());
        }
    }

    private static Verdict replacing(String code, String when, Wanted before) {
        return Verdict.warning(code, when).given("chain.pem", "leaf.key").known(openSsl -> replaces(openSsl, before));
    }

    private static List<Verdict> circumstances() {
        String names = "subjectAltName=DNS:app1.example,URI:spiffe://example/ns/team-namespace/sa/app1";
        return List.of(
                Verdict.error("duplicate", "a certificate that another identity uses")
                        .given("chain.pem", "leaf.key")
                        .known(_ -> new Circumstances(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                _ -> Optional.of("app2 at Partner API"))),
                Verdict.warning("replaces.same", "the certificate that is in use already")
                        .given("chain.pem", "leaf.key")
                        .known(openSsl -> new Circumstances(
                                OpenSslKit.intake()
                                        .judge(
                                                CertificateSubmission.of(openSsl.text("leaf.pem"), "", ""),
                                                Circumstances.NONE)
                                        .facts(),
                                Optional.empty(),
                                Optional.empty(),
                                _ -> Optional.empty())),
                replacing(
                        "replaces.subject",
                        "a new certificate with another subject",
                        client("/O=Example Ltd/CN=team-namespace.app1").and(names)),
                replacing(
                        "replaces.issuer",
                        "a new certificate from another issuer",
                        APP1.and(names).by("ca-1")),
                replacing(
                        "replaces.sans",
                        "a new certificate with other names",
                        APP1.and("subjectAltName=DNS:app1.example,DNS:old.example")));
    }

    private static Verdict warned(String code, String when, Key key) {
        return Verdict.warning(code, when)
                .made(openSsl -> {
                    openSsl.write("warned.pem", OpenSslKit.of(key).openSsl().read("chain.pem"));
                    openSsl.write("warned.key", OpenSslKit.of(key).openSsl().read("leaf.key"));
                })
                .given("warned.pem", "warned.key");
    }

    private static List<Verdict> warnings() {
        return List.of(
                warned("key.curve", "a key on curve P-384", Key.P_384),
                warned("key.curve", "a key on curve P-521", Key.P_521),
                Verdict.warning("key.large", "an RSA key with more than 4096 bits")
                        .made(openSsl -> {
                            openSsl.key("large", "RSA", "rsa_keygen_bits:4160");
                            openSsl.issue("large", APP1);
                        })
                        .given("large.pem", "issuers.pem", "large.key"),
                leaf(
                        Verdict.warning("leaf.expires-soon", "a certificate with two weeks left"),
                        APP1.valid(FROM, Instant.parse("2026-06-15T00:00:00Z"))),
                leaf(
                        Verdict.warning("leaf.long-validity", "a certificate for ten years"),
                        APP1.valid(FROM, Instant.parse("2036-01-01T00:00:00Z"))),
                Verdict.warning("chain.incomplete", "the leaf without its issuers")
                        .given("leaf.pem", "leaf.key"),
                Verdict.warning("chain.root-included", "the root with the chain")
                        .given("chain.pem", "root.pem", "leaf.key"));
    }

    private static List<Verdict> notes() {
        return List.of(
                Verdict.note("chain.reordered", "a chain with its root end first")
                        .made("cat ca-1.pem ca-2.pem leaf.pem > upwards.pem")
                        .given("upwards.pem", "leaf.key"),
                Verdict.note("chain.repeated", "the leaf in two files").given("leaf.pem", "chain.pem", "leaf.key"),
                Verdict.note("input.ignored", "the signing request beside certificate and key")
                        .made(
                                "openssl req -new -key leaf.key -subj /CN=app1 > request.pem",
                                "cat chain.pem >> request.pem")
                        .given("request.pem", "leaf.key"),
                Verdict.note("input.ignored", "a second key that belongs to nothing given")
                        .given("chain.pem", "leaf.key", "partner.key"),
                Verdict.note("input.ignored", "the old certificate of an issuer, for the same key")
                        .made(openSsl -> {
                            openSsl.write("twin.key", openSsl.read("ca-2.key"));
                            openSsl.issue(
                                    "twin",
                                    authority("/O=Example/CN=Client CA 2")
                                            .by("ca-1")
                                            .valid(CA_FROM, Instant.parse("2027-01-01T00:00:00Z")));
                        })
                        .given("chain.pem", "twin.pem", "leaf.key"));
    }
}
