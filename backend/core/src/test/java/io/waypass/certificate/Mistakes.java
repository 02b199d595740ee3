package io.waypass.certificate;

import static io.waypass.certificate.OpenSslKit.FROM;
import static io.waypass.certificate.OpenSslKit.PASSPHRASE;
import static io.waypass.certificate.OpenSslKit.UNTIL;
import static io.waypass.certificate.Part.Field.PKCS12;
import static io.waypass.certificate.Part.Field.PRIVATE_KEY;

import io.waypass.testing.OpenSsl.Wanted;
import java.util.List;
import java.util.stream.Stream;

/** What people give by mistake, and the sentence that helps them on. Listed in {@code docs/certificates.md} too. */
final class Mistakes {

    private Mistakes() {}

    static List<Verdict> all() {
        return Stream.of(mistaken(), damaged(), keystores(), tooMuch(), authorities())
                .flatMap(List::stream)
                .toList();
    }

    private static Verdict inPlaceOfTheCertificate(String when, String file, String... commands) {
        return Verdict.error("input.unreadable", when).made(commands).given(file, "leaf.key");
    }

    private static Verdict inPlaceOfTheKey(String when, String file, String... commands) {
        return Verdict.error("input.unreadable", when)
                .made(commands)
                .given("chain.pem")
                .given(PRIVATE_KEY, file);
    }

    private static List<Verdict> mistaken() {
        return List.of(
                inPlaceOfTheCertificate(
                        "a signing request in place of the certificate",
                        "app1.csr",
                        "openssl req -new -key leaf.key -subj /CN=app1 -out app1.csr"),
                inPlaceOfTheCertificate(
                        "a signing request, DER",
                        "app1.der",
                        "openssl req -new -key leaf.key -subj /CN=app1 -outform DER -out app1.der"),
                inPlaceOfTheKey(
                        "the public key in place of the private one",
                        "app1.pub",
                        "openssl pkey -in leaf.key -pubout -out app1.pub"),
                inPlaceOfTheKey(
                        "the public key, DER",
                        "app1.pub",
                        "openssl pkey -in leaf.key -pubout -outform DER -out app1.pub"),
                inPlaceOfTheKey(
                        "an OpenSSH key",
                        "id_ecdsa",
                        "(echo '-----BEGIN OPENSSH PRIVATE KEY-----'; printf 'openssh-key-v1\\0' | openssl base64; echo '-----END OPENSSH PRIVATE KEY-----') > id_ecdsa"),
                inPlaceOfTheKey(
                        "an OpenSSH public key",
                        "id_ecdsa.pub",
                        "echo 'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= me@laptop' > id_ecdsa.pub"),
                inPlaceOfTheKey(
                        "a PuTTY key",
                        "app1.ppk",
                        "printf 'PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\\r\\nEncryption: none\\r\\n' > app1.ppk"),
                inPlaceOfTheCertificate(
                        "a PGP message",
                        "app1.asc",
                        "(echo '-----BEGIN PGP MESSAGE-----'; echo; openssl rand -base64 90; echo '=njUN'; echo '-----END PGP MESSAGE-----') > app1.asc"),
                inPlaceOfTheCertificate(
                        "a web page",
                        "app1.crt",
                        "echo '<!DOCTYPE html><html><head><title>Sign in</title></head></html>' > app1.crt"),
                inPlaceOfTheCertificate("a ZIP archive", "app1.zip", "jar -c -f app1.zip leaf.pem"),
                inPlaceOfTheCertificate(
                        "a spreadsheet",
                        "app1.xlsx",
                        "mkdir -p sheet && touch 'sheet/[Content_Types].xml' && jar -c -M -f app1.xlsx -C sheet '[Content_Types].xml'"),
                inPlaceOfTheCertificate("a gzip archive", "app1.tar.gz", "gzip -c chain.pem > app1.tar.gz"),
                inPlaceOfTheCertificate(
                        "a Kubernetes Secret",
                        "secret.yaml",
                        "printf 'apiVersion: v1\\nkind: Secret\\nmetadata:\\n  name: app1\\ndata:\\n  tls.crt: %s\\n' \"$(openssl base64 -A -in leaf.pem)\" > secret.yaml"),
                inPlaceOfTheCertificate(
                        "a Kubernetes Secret, JSON as kubectl writes it",
                        "secret.json",
                        "printf '{\\n    \"apiVersion\": \"v1\",\\n    \"data\": {\\n        \"tls.crt\": \"%s\"\\n    },\\n    \"kind\": \"Secret\"\\n}\\n' \"$(openssl base64 -A -in chain.pem)\" > secret.json"),
                inPlaceOfTheCertificate(
                        "a certificate's text without its block",
                        "app1.txt",
                        "openssl x509 -in leaf.pem -text -noout -out app1.txt"),
                inPlaceOfTheCertificate(
                        "an e-mail with PKCS#7 that is encrypted",
                        "app1.p7m",
                        "openssl cms -encrypt -in leaf.pem -outform DER -out app1.p7m leaf.pem"),
                inPlaceOfTheCertificate(
                        "a revocation list, DER",
                        "ca.crl",
                        "touch crl.index",
                        "printf '[crl]\\ndatabase = crl.index\\n' > crl.cnf",
                        "openssl ca -gencrl -config crl.cnf -name crl -keyfile ca-2.key -cert ca-2.pem -md sha256 -crldays 7 -out ca.pem.crl",
                        "openssl crl -in ca.pem.crl -outform DER -out ca.crl"));
    }

    private static List<Verdict> damaged() {
        return List.of(
                Verdict.error("input.unreadable", "an empty file")
                        .made(": > empty.pem")
                        .given("empty.pem", "leaf.key"),
                Verdict.error("input.unreadable", "a chain whose first certificate is damaged")
                        .made("sed '4s/^...../*****/' chain.pem > damaged.pem")
                        .given("damaged.pem", "leaf.key"),
                inPlaceOfTheCertificate("a PEM file whose end is missing", "cut.pem", "sed '$d' leaf.pem > cut.pem"),
                inPlaceOfTheKey("a key whose end is missing", "cut.key", "sed '$d' leaf.key > cut.key"),
                inPlaceOfTheCertificate(
                        "a block that ends as something else",
                        "mixed.pem",
                        "sed 's/END CERTIFICATE/END PRIVATE KEY/' leaf.pem > mixed.pem"),
                inPlaceOfTheCertificate(
                        "a character that is no Base64", "chat.pem", "sed '4s/^...../*****/' leaf.pem > chat.pem"),
                inPlaceOfTheCertificate("a line that got lost", "lost.pem", "sed '5d' leaf.pem > lost.pem"),
                inPlaceOfTheKey(
                        "a key of which three letters got lost", "short.key", "sed '2s/^...//' leaf.key > short.key"),
                inPlaceOfTheCertificate(
                        "dashes that a word processor changed", "word.pem", "sed 's/-----/—–-/g' leaf.pem > word.pem"),
                inPlaceOfTheCertificate(
                        "a certificate that is cut off, DER",
                        "cut.cer",
                        "openssl x509 -in leaf.pem -outform DER | head -c 200 > cut.cer"),
                Verdict.error("input.unreadable", "a PKCS#12 file that is cut off")
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -passout file:passphrase | head -c 1000 > cut.p12")
                        .given(PKCS12, "cut.p12")
                        .opened(PASSPHRASE));
    }

    private static List<Verdict> keystores() {
        return List.of(
                Verdict.error("input.unreadable", "a Java keystore of the kind JCEKS")
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -name app1 -out made.p12 -passout file:passphrase",
                                "rm -f app1.jceks",
                                "keytool -importkeystore -noprompt -srckeystore made.p12 -srcstorepass:file passphrase -destkeystore app1.jceks -deststoretype JCEKS -deststorepass:file passphrase")
                        .given("app1.jceks")
                        .opened(PASSPHRASE),
                Verdict.error("input.unreadable", "a Java keystore that trusts others, without a key of its own")
                        .made(
                                "rm -f trust.jks",
                                "keytool -importcert -noprompt -alias partner -file partner.pem -keystore trust.jks -storetype JKS -storepass:file passphrase")
                        .given("trust.jks")
                        .opened(PASSPHRASE)
                        .also("key.missing"));
    }

    private static List<Verdict> tooMuch() {
        return List.of(
                inPlaceOfTheCertificate(
                        "a file of more than 64 KiB",
                        "large.pem",
                        "head -c 66000 /dev/zero | tr '\\0' ' ' > large.pem",
                        "cat leaf.pem >> large.pem"),
                Verdict.error("input.unreadable", "eleven certificates")
                        .made(
                                "for i in 1 2 3 4 5 6 7 8; do openssl req -x509 -key leaf.key -subj /CN=$i -days 9 2>/dev/null; done > eight.pem")
                        .given("chain.pem", "eight.pem", "leaf.key"),
                Verdict.error("input.unreadable", "a PKCS#12 file that asks for 400,000 rounds")
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -out slow.p12 -iter 400000 -passout file:passphrase")
                        .given("slow.p12")
                        .opened(PASSPHRASE),
                Verdict.error("input.unreadable", "a key encrypted with RC2 in the way before PKCS#12")
                        .made(
                                "openssl pkcs8 -topk8 -v1 PBE-SHA1-RC2-64 -provider legacy -provider default -in leaf.key -out rc2.key -passout file:passphrase")
                        .given("chain.pem", "rc2.key")
                        .opened(PASSPHRASE),
                Verdict.error("input.unreadable", "a key encrypted with a costly scrypt")
                        .made(
                                "openssl pkcs8 -topk8 -scrypt -scrypt_p 4 -in leaf.key -out slow.key -passout file:passphrase")
                        .given("chain.pem", "slow.key")
                        .opened(PASSPHRASE));
    }

    private static List<Verdict> authorities() {
        return List.of(
                Verdict.error("input.unreadable", "a private key in the field of the CA bundle")
                        .made("cat partner.pem leaf.key > ca-and-key.pem")
                        .given("chain.pem", "leaf.key")
                        .ca("ca-and-key.pem"),
                Verdict.error("input.unreadable", "an encrypted key in the field of the CA bundle")
                        .made("openssl pkcs8 -topk8 -in leaf.key -out locked.key -passout file:passphrase")
                        .given("chain.pem", "leaf.key")
                        .ca("locked.key"),
                Verdict.error("key.passphrase-required", "a PKCS#12 file in the field of the CA bundle")
                        .made(
                                "openssl pkcs12 -export -nokeys -in partner.pem -out partner.p12 -passout file:passphrase")
                        .given("chain.pem", "leaf.key")
                        .ca("partner.p12"),
                Verdict.error("ca.not-a-ca", "the server's certificate beside its CA")
                        .made(openSsl -> {
                            openSsl.issue(
                                    "server",
                                    Wanted.client("/CN=api.partner.example", FROM, UNTIL)
                                            .with("basicConstraints=CA:FALSE", "extendedKeyUsage=serverAuth")
                                            .by("partner"));
                            openSsl.shell("cat server.pem partner.pem > server-chain.pem");
                        })
                        .given("chain.pem", "leaf.key")
                        .ca("server-chain.pem"),
                Verdict.error("input.unreadable", "201 authorities")
                        .made(
                                "for i in $(seq 1 100); do openssl req -x509 -key partner.key -subj /CN=Root$i -days 9 2>/dev/null; done > roots-1.pem",
                                "for i in $(seq 101 201); do openssl req -x509 -key partner.key -subj /CN=Root$i -days 9 2>/dev/null; done > roots-2.pem")
                        .given("chain.pem", "leaf.key")
                        .ca("roots-1.pem", "roots-2.pem"),
                Verdict.error("input.unreadable", "a web page as CA bundle")
                        .made("echo '<html><body>Not found</body></html>' > ca.html")
                        .given("chain.pem", "leaf.key")
                        .ca("ca.html"));
    }
}
