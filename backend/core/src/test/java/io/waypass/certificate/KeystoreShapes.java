package io.waypass.certificate;

import static io.waypass.certificate.OpenSslKit.PASSPHRASE;
import static io.waypass.certificate.OpenSslKit.PASSPHRASE_WITH_UMLAUTS;
import static io.waypass.certificate.Shapes.PEM_CA;

import io.waypass.certificate.OpenSslKit.Key;
import java.util.List;

/** PKCS#12 files and Java keystores. */
final class KeystoreShapes {

    private KeystoreShapes() {}

    private static Shape pkcs12(String what, Key key, String options) {
        return Shape.of(what, key)
                .made("openssl pkcs12 -export -in chain.pem -inkey leaf.key -out client.p12 " + options)
                .given(Part.Field.PKCS12, "client.p12")
                .opened(PASSPHRASE)
                .readAs("PKCS#12: 1 private key (" + key.description() + "), 3 certificates", PEM_CA);
    }

    static List<Shape> pkcs12() {
        return List.of(
                pkcs12("PKCS#12 as OpenSSL 3 writes it (AES-256)", Key.RSA_2048, "-passout file:passphrase"),
                pkcs12("PKCS#12 as OpenSSL 3 writes it (AES-256)", Key.RSA_4096, "-passout file:passphrase"),
                pkcs12("PKCS#12 as OpenSSL 3 writes it (AES-256)", Key.P_256, "-name app1 -passout file:passphrase"),
                pkcs12("PKCS#12 as OpenSSL 3 writes it (AES-256)", Key.P_384, "-passout file:passphrase")
                        .told("key.curve"),
                pkcs12("PKCS#12 as OpenSSL 3 writes it (AES-256)", Key.ED25519, "-passout file:passphrase"),
                pkcs12(
                        "PKCS#12 of old: certificates with RC2-40, key with 3DES",
                        Key.RSA_2048,
                        "-legacy -passout file:passphrase"),
                pkcs12(
                        "PKCS#12 with 3DES for all of it, as Windows wrote it",
                        Key.RSA_2048,
                        "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -passout file:passphrase"),
                pkcs12(
                        "PKCS#12 with AES-128 and a MAC with SHA-512",
                        Key.RSA_3072,
                        "-keypbe AES-128-CBC -certpbe AES-128-CBC -macalg sha512 -passout file:passphrase"),
                pkcs12("PKCS#12 with 50,000 rounds", Key.P_256, "-iter 50000 -passout file:passphrase"),
                pkcs12("PKCS#12 with one round for its MAC", Key.P_256, "-nomaciter -passout file:passphrase"),
                pkcs12("PKCS#12 without MAC", Key.P_256, "-nomac -passout file:passphrase"),
                pkcs12(
                        "PKCS#12 with certificates in the clear",
                        Key.RSA_2048,
                        "-certpbe NONE -passout file:passphrase"),
                pkcs12(
                        "PKCS#12 with key and certificates in the clear, and a MAC",
                        Key.RSA_2048,
                        "-keypbe NONE -certpbe NONE -passout file:passphrase"),
                pkcs12(
                                "PKCS#12 with key and certificates in the clear, without MAC",
                                Key.RSA_2048,
                                "-keypbe NONE -certpbe NONE -nomac -passout pass:")
                        .opened(""),
                pkcs12("PKCS#12 with an empty passphrase", Key.RSA_2048, "-passout pass:")
                        .opened(""),
                pkcs12("PKCS#12 of old with an empty passphrase", Key.RSA_2048, "-legacy -passout pass:")
                        .opened(""),
                pkcs12("PKCS#12, passphrase with umlauts and Japanese", Key.P_256, "-passout file:umlauts")
                        .opened(PASSPHRASE_WITH_UMLAUTS),
                pkcs12(
                                "PKCS#12 of old, passphrase with umlauts and Japanese",
                                Key.RSA_2048,
                                "-legacy -passout file:umlauts")
                        .opened(PASSPHRASE_WITH_UMLAUTS),
                pkcs12("PKCS#12 with the root as well", Key.P_256, "-certfile root.pem -passout file:passphrase")
                        .readAs("PKCS#12: 1 private key (EC P-256), 4 certificates", PEM_CA)
                        .chain("leaf.pem", "ca-2.pem", "ca-1.pem", "root.pem")
                        .told("chain.root-included"),
                Shape.of("PKCS#12 with the leaf alone, its issuers as PEM", Key.RSA_2048)
                        .made(
                                "openssl pkcs12 -export -in leaf.pem -inkey leaf.key -out client.p12 -passout file:passphrase")
                        .given("client.p12", "issuers.pem")
                        .opened(PASSPHRASE)
                        .readAs("PKCS#12: 1 private key (RSA 2048), 1 certificate", "PEM: 2 certificates", PEM_CA),
                Shape.of("PKCS#12 with certificates alone, the key as PEM", Key.P_256)
                        .made("openssl pkcs12 -export -nokeys -in chain.pem -out client.p12 -passout file:passphrase")
                        .given("client.p12", "leaf.key")
                        .opened(PASSPHRASE)
                        .readAs("PKCS#12: 3 certificates", "PEM: 1 private key (EC P-256)", PEM_CA),
                Shape.of("PKCS#12 as Base64 text", Key.RSA_2048)
                        .made(
                                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -out client.p12 -passout file:passphrase",
                                "openssl base64 -in client.p12 -out client.txt")
                        .given("client.txt")
                        .opened(PASSPHRASE)
                        .readAs("Base64: 1 private key (RSA 2048), 3 certificates", PEM_CA));
    }

    static List<Shape> javaKeystores() {
        String made =
                "openssl pkcs12 -export -in chain.pem -inkey leaf.key -name app1 -out made.p12 -passout file:passphrase";
        String converted = "keytool -importkeystore -noprompt -srckeystore made.p12 -srcstorepass:file passphrase"
                + " -destkeystore client.%s -deststoretype %s -deststorepass:file passphrase";
        return List.of(
                Shape.of("Java keystore (JKS)", Key.RSA_2048)
                        .made(made, "rm -f client.jks", converted.formatted("jks", "JKS"))
                        .given("client.jks")
                        .opened(PASSPHRASE)
                        .readAs("JKS: 1 private key (RSA 2048), 3 certificates", PEM_CA),
                Shape.of("Java keystore (JKS)", Key.P_256)
                        .made(made, "rm -f client.jks", converted.formatted("jks", "JKS"))
                        .given(Part.Field.PKCS12, "client.jks")
                        .opened(PASSPHRASE)
                        .readAs("JKS: 1 private key (EC P-256), 3 certificates", PEM_CA),
                Shape.of("Java keystore (JKS) with the partner's CA in it", Key.RSA_2048)
                        .made(
                                made,
                                "rm -f client.jks",
                                converted.formatted("jks", "JKS"),
                                "keytool -importcert -noprompt -alias partner -file partner.pem -keystore client.jks"
                                        + " -storepass:file passphrase")
                        .given("client.jks")
                        .opened(PASSPHRASE)
                        .readAs("JKS: 1 private key (RSA 2048), 3 certificates", PEM_CA)
                        .told("input.ignored"),
                Shape.of("Java keystore (JKS) with two entries for the same key", Key.RSA_2048)
                        .made(
                                made,
                                "rm -f client.jks",
                                converted.formatted("jks", "JKS"),
                                converted.formatted("jks", "JKS") + " -srcalias app1 -destalias copy"
                                        + " -srckeypass:file passphrase -destkeypass:file passphrase")
                        .given("client.jks")
                        .opened(PASSPHRASE)
                        .readAs("JKS: 2 private keys (RSA 2048), 6 certificates", PEM_CA)
                        .told("chain.repeated"),
                Shape.of("PKCS#12 as Java writes it", Key.RSA_2048)
                        .made(made, "rm -f client.p12", converted.formatted("p12", "PKCS12"))
                        .given("client.p12")
                        .opened(PASSPHRASE)
                        .readAs("PKCS#12: 1 private key (RSA 2048), 3 certificates", PEM_CA),
                Shape.of("PKCS#12 as Java 8 wrote it (RC2-40, 3DES)", Key.P_256)
                        .made(
                                made,
                                "rm -f client.p12",
                                converted.formatted("p12", "PKCS12") + " -J-Dkeystore.pkcs12.legacy")
                        .given("client.p12")
                        .opened(PASSPHRASE)
                        .readAs("PKCS#12: 1 private key (EC P-256), 3 certificates", PEM_CA));
    }
}
