package io.waypass.certificate;

import static io.waypass.certificate.OpenSslKit.PASSPHRASE;
import static io.waypass.certificate.OpenSslKit.PASSPHRASE_WITH_UMLAUTS;
import static io.waypass.certificate.Shapes.PEM_CA;
import static io.waypass.certificate.Shapes.PEM_CHAIN;

import io.waypass.certificate.OpenSslKit.Key;
import java.util.List;
import java.util.stream.Stream;

/** Keys as files of their own, in the clear and encrypted, beside a chain in PEM. */
final class KeyShapes {

    private KeyShapes() {}

    static List<Shape> plain() {
        return Stream.of(Key.values())
                .map(key -> {
                    Shape shape = Shape.of("Chain and key, PEM", key)
                            .given("chain.pem", "leaf.key")
                            .readAs(PEM_CHAIN, "PEM: 1 private key (" + key.description() + ")", PEM_CA);
                    return key == Key.P_384 || key == Key.P_521 ? shape.told("key.curve") : shape;
                })
                .toList();
    }

    private static Shape key(String what, Key key, String form, String... commands) {
        return Shape.of(what, key)
                .made(commands)
                .given(Part.Field.CHAIN, "chain.pem")
                .given(Part.Field.PRIVATE_KEY, "client.key")
                .readAs(PEM_CHAIN, form + ": 1 private key (" + key.description() + ")", PEM_CA);
    }

    static List<Shape> keys() {
        return List.of(
                key("Key PKCS#1, PEM", Key.RSA_2048, "PEM", "openssl pkey -in leaf.key -traditional -out client.key"),
                key(
                        "Key PKCS#1, DER",
                        Key.RSA_2048,
                        "PKCS#1",
                        "openssl rsa -in leaf.key -traditional -outform DER -out client.key"),
                key(
                        "Key PKCS#8, DER",
                        Key.RSA_3072,
                        "PKCS#8",
                        "openssl pkcs8 -topk8 -nocrypt -in leaf.key -outform DER -out client.key"),
                key("Key SEC1, PEM", Key.P_256, "PEM", "openssl pkey -in leaf.key -traditional -out client.key"),
                key(
                        "Key SEC1 after a block EC PARAMETERS, PEM",
                        Key.P_256,
                        "PEM",
                        "openssl ecparam -name prime256v1 -out client.key",
                        "openssl pkey -in leaf.key -traditional >> client.key"),
                key(
                                "Key SEC1 after a block EC PARAMETERS, PEM",
                                Key.P_384,
                                "PEM",
                                "openssl ecparam -name secp384r1 -out client.key",
                                "openssl pkey -in leaf.key -traditional >> client.key")
                        .told("key.curve"),
                key("Key SEC1, DER", Key.P_256, "SEC1", "openssl ec -in leaf.key -outform DER -out client.key"),
                key(
                                "Key SEC1 with a compressed point, DER",
                                Key.P_521,
                                "SEC1",
                                "openssl ec -in leaf.key -conv_form compressed -outform DER -out client.key")
                        .told("key.curve"),
                key(
                        "Key PKCS#8, DER",
                        Key.ED25519,
                        "PKCS#8",
                        "openssl pkey -in leaf.key -outform DER -out client.key"));
    }

    private static Shape encrypted(String what, Key key, String form, String... commands) {
        return key(what, key, form, commands).opened(PASSPHRASE);
    }

    static List<Shape> encryptedKeys() {
        return List.of(
                encrypted(
                        "Key PKCS#8, encrypted as OpenSSL 3 does it (AES-256, PBKDF2 with SHA-256)",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, encrypted as OpenSSL 3 does it, DER",
                        Key.P_256,
                        "PKCS#8, encrypted",
                        "openssl pkcs8 -topk8 -in leaf.key -outform DER -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, AES-128",
                        Key.ED25519,
                        "PEM",
                        "openssl pkey -in leaf.key -aes-128-cbc -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, AES-256, PBKDF2 with SHA-1",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA1 -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                                "Key PKCS#8, AES-192, PBKDF2 with SHA-512, 100,000 rounds",
                                Key.P_384,
                                "PEM",
                                "openssl pkcs8 -topk8 -v2 aes-192-cbc -v2prf hmacWithSHA512 -iter 100000 -in leaf.key -out client.key -passout file:passphrase")
                        .told("key.curve"),
                encrypted(
                        "Key PKCS#8, AES-256, PBKDF2 with SHA-384",
                        Key.P_256,
                        "PEM",
                        "openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA384 -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, 3DES with PBES2",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v2 des3 -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, Camellia-256",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v2 camellia-256-cbc -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, scrypt",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -scrypt -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, PBES1 with MD5 and DES (OpenSSL 0.9)",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v1 PBE-MD5-DES -provider legacy -provider default -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, PKCS#12's 3DES",
                        Key.P_256,
                        "PEM",
                        "openssl pkcs8 -topk8 -v1 PBE-SHA1-3DES -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, PKCS#12's RC2 with 40 bits",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v1 PBE-SHA1-RC2-40 -provider legacy -provider default -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#8, PKCS#12's RC4 with 128 bits",
                        Key.RSA_2048,
                        "PEM",
                        "openssl pkcs8 -topk8 -v1 PBE-SHA1-RC4-128 -provider legacy -provider default -in leaf.key -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#1, encrypted (Proc-Type), AES-256",
                        Key.RSA_2048,
                        "PEM",
                        "openssl rsa -in leaf.key -traditional -aes256 -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#1, encrypted (Proc-Type), 3DES",
                        Key.RSA_4096,
                        "PEM",
                        "openssl rsa -in leaf.key -traditional -des3 -out client.key -passout file:passphrase"),
                encrypted(
                        "Key PKCS#1, encrypted (Proc-Type), DES",
                        Key.RSA_2048,
                        "PEM",
                        "openssl rsa -in leaf.key -traditional -des -provider legacy -provider default -out client.key -passout file:passphrase"),
                encrypted(
                        "Key SEC1, encrypted (Proc-Type), AES-128",
                        Key.P_256,
                        "PEM",
                        "openssl ec -in leaf.key -aes128 -out client.key -passout file:passphrase"),
                encrypted(
                        "Key SEC1, encrypted (Proc-Type), after a block EC PARAMETERS",
                        Key.P_256,
                        "PEM",
                        "openssl ecparam -name prime256v1 -out client.key",
                        "openssl ec -in leaf.key -aes256 -passout file:passphrase >> client.key"),
                encrypted(
                                "Key PKCS#8, passphrase with umlauts and Japanese",
                                Key.RSA_2048,
                                "PEM",
                                "openssl pkcs8 -topk8 -in leaf.key -out client.key -passout file:umlauts")
                        .opened(PASSPHRASE_WITH_UMLAUTS),
                encrypted(
                                "Key PKCS#1, encrypted (Proc-Type), passphrase with umlauts and Japanese",
                                Key.RSA_2048,
                                "PEM",
                                "openssl rsa -in leaf.key -traditional -aes256 -out client.key -passout file:umlauts")
                        .opened(PASSPHRASE_WITH_UMLAUTS),
                encrypted(
                        "A passphrase that is given though nothing is encrypted",
                        Key.P_256,
                        "PEM",
                        "openssl pkey -in leaf.key -out client.key"));
    }
}
