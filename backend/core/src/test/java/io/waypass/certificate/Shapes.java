package io.waypass.certificate;

import static io.waypass.certificate.OpenSslKit.PASSPHRASE;

import io.waypass.certificate.OpenSslKit.Key;
import java.util.List;
import java.util.stream.Stream;

/**
 * Shapes of the real world that are accepted. The table in {@code docs/certificates.md} is made from them. Shapes of keys
 * stand in {@link KeyShapes}, those of keystores in {@link KeystoreShapes}.
 */
final class Shapes {

    static final String PEM_CHAIN = "PEM: 3 certificates";
    static final String PEM_CA = "PEM: 1 certificate";

    private Shapes() {}

    static List<Shape> all() {
        return Stream.of(
                        KeyShapes.plain(),
                        KeyShapes.keys(),
                        KeyShapes.encryptedKeys(),
                        KeystoreShapes.pkcs12(),
                        KeystoreShapes.javaKeystores(),
                        chains(),
                        orders(),
                        texts(),
                        others(),
                        bundles())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Shape> chains() {
        return List.of(
                Shape.of("Chain PKCS#7, PEM", Key.RSA_2048)
                        .made("openssl crl2pkcs7 -nocrl -certfile chain.pem -out chain.p7b")
                        .given("chain.p7b", "leaf.key")
                        .readAs("PEM: 3 certificates", "PEM: 1 private key (RSA 2048)", PEM_CA),
                Shape.of("Chain PKCS#7, DER, as Windows authorities send it", Key.RSA_2048)
                        .made("openssl crl2pkcs7 -nocrl -certfile chain.pem -outform DER -out chain.p7b")
                        .given("chain.p7b", "leaf.key")
                        .readAs("PKCS#7: 3 certificates", "PEM: 1 private key (RSA 2048)", PEM_CA),
                Shape.of("Chain PKCS#7, DER, issuers first", Key.ED25519)
                        .made(
                                "openssl crl2pkcs7 -nocrl -certfile issuers.pem -certfile leaf.pem -outform DER -out chain.p7b")
                        .given("chain.p7b", "leaf.key")
                        .readAs("PKCS#7: 3 certificates", "PEM: 1 private key (Ed25519)", PEM_CA),
                Shape.of("Chain PKCS#7, PEM with the label PKCS #7 SIGNED DATA", Key.P_256)
                        .made(
                                "openssl crl2pkcs7 -nocrl -certfile chain.pem | sed 's/PKCS7/PKCS #7 SIGNED DATA/' > chain.p7b")
                        .given("chain.p7b", "leaf.key")
                        .readAs("PEM: 3 certificates", "PEM: 1 private key (EC P-256)", PEM_CA),
                Shape.of("Each certificate a file, DER, and the key DER", Key.RSA_2048)
                        .made(
                                "openssl x509 -in leaf.pem -outform DER -out leaf.cer",
                                "openssl x509 -in ca-1.pem -outform DER -out ca-1.cer",
                                "openssl x509 -in ca-2.pem -outform DER -out ca-2.cer",
                                "openssl pkcs8 -topk8 -nocrypt -in leaf.key -outform DER -out client.key")
                        .given("client.key", "ca-1.cer", "leaf.cer", "ca-2.cer")
                        .readAs(
                                "PKCS#8: 1 private key (RSA 2048)",
                                "DER: 1 certificate",
                                "DER: 1 certificate",
                                "DER: 1 certificate",
                                PEM_CA),
                Shape.of("DER certificates one after the other in a file", Key.P_256)
                        .made(
                                "openssl x509 -in leaf.pem -outform DER -out chain.cer",
                                "openssl x509 -in ca-2.pem -outform DER >> chain.cer",
                                "openssl x509 -in ca-1.pem -outform DER >> chain.cer")
                        .given("chain.cer", "leaf.key")
                        .readAs("DER: 3 certificates", "PEM: 1 private key (EC P-256)", PEM_CA),
                Shape.of("Chain with its root", Key.P_256)
                        .made("cat chain.pem root.pem > whole.pem")
                        .given("whole.pem", "leaf.key")
                        .readAs("PEM: 4 certificates", "PEM: 1 private key (EC P-256)", PEM_CA)
                        .chain("leaf.pem", "ca-2.pem", "ca-1.pem", "root.pem")
                        .told("chain.root-included"),
                Shape.of("The leaf alone", Key.RSA_2048)
                        .given("leaf.pem", "leaf.key")
                        .readAs("PEM: 1 certificate", "PEM: 1 private key (RSA 2048)", PEM_CA)
                        .chain("leaf.pem")
                        .told("chain.incomplete"),
                Shape.of("A certificate twice, since two files hold it", Key.P_256)
                        .given("leaf.pem", "chain.pem", "leaf.key")
                        .readAs("PEM: 1 certificate", "PEM: 3 certificates", "PEM: 1 private key (EC P-256)", PEM_CA)
                        .told("chain.repeated"));
    }

    private static Shape oneFile(String what, Key key, String... commands) {
        return Shape.of(what, key)
                .made(commands)
                .given("client.pem")
                .readAs("PEM: 1 private key (" + key.description() + "), 3 certificates", PEM_CA);
    }

    private static List<Shape> orders() {
        return List.of(
                oneFile("One PEM file: key, leaf, issuers", Key.RSA_2048, "cat leaf.key chain.pem > client.pem"),
                oneFile("One PEM file: leaf, issuers, key", Key.P_256, "cat chain.pem leaf.key > client.pem"),
                oneFile(
                        "One PEM file: leaf, key, issuers",
                        Key.ED25519,
                        "cat leaf.pem leaf.key issuers.pem > client.pem"),
                oneFile(
                                "One PEM file: issuers, key, leaf",
                                Key.RSA_2048,
                                "cat ca-1.pem ca-2.pem leaf.key leaf.pem > client.pem")
                        .told("chain.reordered"),
                oneFile(
                                "One PEM file with the key encrypted",
                                Key.RSA_2048,
                                "openssl pkcs8 -topk8 -in leaf.key -out client.pem -passout file:passphrase",
                                "cat chain.pem >> client.pem")
                        .opened(PASSPHRASE),
                Shape.of("Chain root end first", Key.RSA_2048)
                        .made("cat ca-1.pem ca-2.pem leaf.pem > chain-up.pem")
                        .given("chain-up.pem", "leaf.key")
                        .readAs(PEM_CHAIN, "PEM: 1 private key (RSA 2048)", PEM_CA)
                        .told("chain.reordered"),
                Shape.of("Chain with the leaf in the middle", Key.P_256)
                        .made("cat ca-2.pem leaf.pem ca-1.pem > chain-mixed.pem")
                        .given("chain-mixed.pem", "leaf.key")
                        .readAs(PEM_CHAIN, "PEM: 1 private key (EC P-256)", PEM_CA)
                        .told("chain.reordered"),
                Shape.of("Each certificate a file, in any order", Key.P_256)
                        .given("ca-1.pem", "leaf.key", "leaf.pem", "ca-2.pem")
                        .readAs(
                                "PEM: 1 certificate",
                                "PEM: 1 private key (EC P-256)",
                                "PEM: 1 certificate",
                                "PEM: 1 certificate",
                                PEM_CA),
                Shape.of("Certificate and key in each other's field", Key.P_256)
                        .given(Part.Field.CHAIN, "leaf.key")
                        .given(Part.Field.PRIVATE_KEY, "chain.pem")
                        .readAs("PEM: 1 private key (EC P-256)", PEM_CHAIN, PEM_CA),
                Shape.of("Leaf and issuers apart, the key among the issuers", Key.RSA_2048)
                        .made("cat ca-2.pem leaf.key ca-1.pem > rest.pem")
                        .given("leaf.pem", "rest.pem")
                        .readAs("PEM: 1 certificate", "PEM: 1 private key (RSA 2048), 2 certificates", PEM_CA));
    }

    private static Shape text(String what, String command) {
        return oneFile(what, Key.RSA_2048, "cat leaf.key chain.pem > all.pem", command);
    }

    private static List<Shape> texts() {
        return List.of(
                text("Windows line ends", "sed 's/$/\\r/' all.pem > client.pem"),
                text("Line ends of the old Mac", "tr '\\n' '\\r' < all.pem > client.pem"),
                text("UTF-8 with byte order mark", "(printf '\\357\\273\\277'; cat all.pem) > client.pem"),
                text(
                        "UTF-16 with byte order mark, as PowerShell writes it",
                        "(printf '\\377\\376'; iconv -f UTF-8 -t UTF-16LE all.pem) > client.pem"),
                text(
                        "UTF-16, big endian, with byte order mark",
                        "(printf '\\376\\377'; iconv -f UTF-8 -t UTF-16BE all.pem) > client.pem"),
                text("UTF-16 without byte order mark", "iconv -f UTF-8 -t UTF-16LE all.pem > client.pem"),
                text(
                        "Line ends written as \\n, as from a JSON file",
                        "awk '{printf \"%s\\\\n\", $0}' all.pem > client.pem"),
                text(
                        "Line ends written as \\n, in quotation marks",
                        "awk 'BEGIN {printf \"\\\"\"} {printf \"%s\\\\n\", $0} END {print \"\\\"\"}' all.pem > client.pem"),
                text("All on one line, as from an environment variable", "tr '\\n' ' ' < all.pem > client.pem"),
                text("Indented, as from a YAML file", "sed 's/^/      /' all.pem > client.pem"),
                text(
                        "Blanks at the ends of lines, empty lines between",
                        "sed 's/$/  /; s/-----END.*/&\\n\\n/' all.pem > client.pem"),
                text(
                        "Base64 on one long line",
                        "awk '/-----END/ {print \"\"} /-----/ {print; next} {printf \"%s\", $0}' all.pem > client.pem"),
                text("The label X509 CERTIFICATE", "sed 's/ CERTIFICATE/ X509 CERTIFICATE/' all.pem > client.pem"),
                text("The PEM text as Base64, as in a Kubernetes Secret", "openssl base64 -in all.pem -out client.pem")
                        .readAs("Base64: 1 private key (RSA 2048), 3 certificates", PEM_CA),
                text(
                        "Blocks without a line end between them",
                        "tr '\\n' '~' < all.pem | sed 's/-~-/--/g' | tr '~' '\\n' > client.pem"),
                oneFile(
                        "Files with byte order marks put together",
                        Key.P_256,
                        "for i in leaf.key leaf.pem ca-2.pem ca-1.pem; do printf '\\357\\273\\277'; cat $i; done > client.pem"),
                oneFile(
                        "JSON as Vault answers",
                        Key.RSA_2048,
                        "lines() { awk '{printf \"%s\\\\n\", $0}' \"$1\"; }",
                        "printf '{\"data\": {\"certificate\": \"%s\", \"ca_chain\": [\"%s\", \"%s\"], \"private_key\": \"%s\"}}' \"$(lines leaf.pem)\" \"$(lines ca-2.pem)\" \"$(lines ca-1.pem)\" \"$(lines leaf.key)\" > client.pem"),
                oneFile(
                        "Kubernetes Secret with stringData",
                        Key.RSA_2048,
                        "(echo 'kind: Secret'; echo 'stringData:'; echo '  tls.crt: |'; sed 's/^/    /' chain.pem; echo '  tls.key: |'; sed 's/^/    /' leaf.key) > client.pem"),
                oneFile(
                        "“Bag Attributes” between the blocks",
                        Key.RSA_2048,
                        "openssl pkcs12 -export -in chain.pem -inkey leaf.key -name app1 -out made.p12 -passout file:passphrase",
                        "openssl pkcs12 -in made.p12 -nodes -passin file:passphrase -out client.pem"),
                oneFile(
                        "The certificates' text before each block",
                        Key.P_256,
                        "openssl x509 -in leaf.pem -text > client.pem",
                        "openssl x509 -in ca-2.pem -text >> client.pem",
                        "openssl x509 -in ca-1.pem -text >> client.pem",
                        "cat leaf.key >> client.pem"),
                oneFile(
                        "Subject and issuer before each block, as s_client shows them",
                        Key.P_256,
                        "openssl crl2pkcs7 -nocrl -certfile chain.pem | openssl pkcs7 -print_certs > client.pem",
                        "cat leaf.key >> client.pem"),
                oneFile(
                        "TRUSTED CERTIFICATE",
                        Key.P_256,
                        "openssl x509 -in leaf.pem -trustout -addtrust clientAuth -setalias app1 -out client.pem",
                        "cat issuers.pem leaf.key >> client.pem"),
                Shape.of("Bare Base64, without the lines of dashes", Key.P_256)
                        .made(
                                "openssl x509 -in leaf.pem -outform DER | openssl base64 > leaf.txt",
                                "openssl pkey -in leaf.key -outform DER | openssl base64 > key.txt")
                        .given(Part.Field.CHAIN, "leaf.txt")
                        .given(Part.Field.CHAIN, "issuers.pem")
                        .given(Part.Field.PRIVATE_KEY, "key.txt")
                        .readAs(
                                "Base64: 1 certificate",
                                "PEM: 2 certificates",
                                "Base64: 1 private key (EC P-256)",
                                PEM_CA));
    }

    private static Shape issued(String what, String leaf) {
        return Shape.of(what, Key.P_256)
                .made("cat " + leaf + ".pem issuers.pem > other.pem")
                .given("other.pem", "leaf.key")
                .readAs(PEM_CHAIN, "PEM: 1 private key (EC P-256)", PEM_CA)
                .chain(leaf + ".pem", "ca-2.pem", "ca-1.pem");
    }

    private static List<Shape> others() {
        return List.of(
                Shape.of("With the signing request and a public key beside it", Key.P_256)
                        .made(
                                "openssl req -new -key leaf.key -subj /CN=app1 > client.pem",
                                "openssl pkey -in leaf.key -pubout >> client.pem",
                                "cat leaf.key chain.pem >> client.pem")
                        .given("client.pem")
                        .readAs("PEM: 1 private key (EC P-256), 3 certificates", PEM_CA)
                        .told("input.ignored", "input.ignored"),
                Shape.of("With Diffie-Hellman parameters, as HAProxy has them", Key.RSA_2048)
                        .made(
                                "openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh.pem",
                                "cat leaf.key chain.pem dh.pem > client.pem")
                        .given("client.pem")
                        .readAs("PEM: 1 private key (RSA 2048), 3 certificates", PEM_CA)
                        .told("input.ignored"),
                Shape.of("With a second key that belongs to nothing given", Key.RSA_2048)
                        .made("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out old.key")
                        .given("chain.pem", "old.key", "leaf.key")
                        .readAs(PEM_CHAIN, "PEM: 1 private key (EC P-256)", "PEM: 1 private key (RSA 2048)", PEM_CA)
                        .told("input.ignored"),
                issued("Certificate without extensions (version 1)", "leaf-v1"),
                issued("Certificate without extended key usage", "leaf-plain"),
                issued("Certificate signed with RSASSA-PSS", "leaf-pss")
                        .chain("leaf-pss.pem", "ca-1.pem")
                        .made("cat leaf-pss.pem ca-1.pem > other.pem")
                        .readAs("PEM: 2 certificates", "PEM: 1 private key (EC P-256)", PEM_CA),
                issued("Subject with umlauts, several parts and an e-mail address", "leaf-names"),
                Shape.of("Certificate signed by itself", Key.P_256)
                        .given("leaf-self.pem", "leaf.key")
                        .readAs("PEM: 1 certificate", "PEM: 1 private key (EC P-256)", PEM_CA)
                        .chain("leaf-self.pem"));
    }

    private static Shape bundle(String what, String form, String command, String file) {
        return Shape.of("CA bundle: " + what, Key.P_256)
                .made(command)
                .given("chain.pem", "leaf.key")
                .ca(file)
                .readAs(PEM_CHAIN, "PEM: 1 private key (EC P-256)", form);
    }

    private static List<Shape> bundles() {
        return List.of(
                bundle("DER", "DER: 1 certificate", "openssl x509 -in partner.pem -outform DER -out ca.cer", "ca.cer"),
                bundle(
                        "PKCS#7, PEM",
                        "PEM: 1 certificate",
                        "openssl crl2pkcs7 -nocrl -certfile partner.pem -out ca.p7b",
                        "ca.p7b"),
                bundle(
                        "PKCS#7, DER",
                        "PKCS#7: 1 certificate",
                        "openssl crl2pkcs7 -nocrl -certfile partner.pem -outform DER -out ca.p7b",
                        "ca.p7b"),
                bundle(
                                "several roots with comments, one twice",
                                "PEM: 3 certificates",
                                "(echo '# Partner'; cat partner.pem; echo '# Other'; cat root.pem partner.pem) > ca.pem",
                                "ca.pem")
                        .bundle("root.pem", "partner.pem"),
                bundle(
                        "UTF-16, with Windows line ends",
                        "PEM: 1 certificate",
                        "sed 's/$/\\r/' partner.pem | (printf '\\377\\376'; iconv -f UTF-8 -t UTF-16LE) > ca.pem",
                        "ca.pem"),
                bundle(
                        "with the certificate's text",
                        "PEM: 1 certificate",
                        "openssl x509 -in partner.pem -text -out ca.pem",
                        "ca.pem"),
                bundle(
                        "TRUSTED CERTIFICATE",
                        "PEM: 1 certificate",
                        "openssl x509 -in partner.pem -trustout -addtrust serverAuth -out ca.pem",
                        "ca.pem"),
                bundle(
                                "an old root without extensions (version 1)",
                                "PEM: 1 certificate",
                                "cat root-v1.pem > ca.pem",
                                "ca.pem")
                        .bundle("root-v1.pem"),
                bundle("an old root signed with SHA-1", "PEM: 1 certificate", "cat root-sha1.pem > ca.pem", "ca.pem")
                        .bundle("root-sha1.pem"),
                bundle("two files", "PEM: 1 certificate", "cat partner.pem > ca.pem", "ca.pem")
                        .ca("partner.pem", "root.pem")
                        .readAs(PEM_CHAIN, "PEM: 1 private key (EC P-256)", "PEM: 1 certificate", "PEM: 1 certificate")
                        .bundle("root.pem", "partner.pem"));
    }
}
