package io.waypass.certificate;

import io.waypass.testing.OpenSsl;
import io.waypass.testing.OpenSsl.Wanted;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a team has on its disk, made by OpenSSL: {@code leaf.key} (PKCS#8), {@code leaf.pub}, {@code leaf.pem}, the intermediates {@code
 * ca-2.pem} and {@code ca-1.pem}, {@code root.pem}, {@code issuers.pem} (both intermediates), {@code chain.pem} (leaf and
 * intermediates), {@code partner.pem} (who signed the partner's server certificate), and passphrases in files. Kits are
 * made once in a JVM, one for each type of key.
 */
final class OpenSslKit {

    /** When all of it is judged. */
    static final Instant TODAY = Instant.parse("2026-06-01T12:00:00Z");

    static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    static final Instant UNTIL = Instant.parse("2026-12-31T00:00:00Z");
    static final Instant CA_FROM = Instant.parse("2020-01-01T00:00:00Z");
    static final Instant CA_UNTIL = Instant.parse("2040-01-01T00:00:00Z");

    static final String PASSPHRASE = "Keep it secret, keep it safe 7";
    static final String PASSPHRASE_WITH_UMLAUTS = "Pässwörter für Łódź 東京";

    /** The types of key that leaves have. */
    enum Key {
        RSA_2048("RSA 2048", "RSA", "rsa_keygen_bits:2048"),
        RSA_3072("RSA 3072", "RSA", "rsa_keygen_bits:3072"),
        RSA_4096("RSA 4096", "RSA", "rsa_keygen_bits:4096"),
        P_256("EC P-256", "EC", "ec_paramgen_curve:P-256"),
        P_384("EC P-384", "EC", "ec_paramgen_curve:P-384"),
        P_521("EC P-521", "EC", "ec_paramgen_curve:P-521"),
        ED25519("Ed25519", "ED25519");

        private final String description;
        private final String algorithm;
        private final String[] options;

        Key(String description, String algorithm, String... options) {
            this.description = description;
            this.algorithm = algorithm;
            this.options = options;
        }

        String description() {
            return description;
        }
    }

    private static final Map<Key, OpenSslKit> KITS = new EnumMap<>(Key.class);
    private static final List<String> AUTHORITIES = List.of("root", "ca-1", "ca-2", "partner");

    private final OpenSsl openSsl;

    private OpenSslKit(OpenSsl openSsl) {
        this.openSsl = openSsl;
    }

    static synchronized OpenSslKit of(Key key) {
        return KITS.computeIfAbsent(key, OpenSslKit::make);
    }

    static CertificateIntake intake() {
        return new CertificateIntake(Clock.fixed(TODAY, ZoneOffset.UTC));
    }

    /** An authority as the kits have them. */
    static Wanted authority(String subject) {
        return Wanted.authority(subject, CA_FROM, CA_UNTIL);
    }

    /** A client certificate as the kits have them. */
    static Wanted client(String subject) {
        return Wanted.client(subject, FROM, UNTIL).by("ca-2");
    }

    OpenSsl openSsl() {
        return openSsl;
    }

    Part part(Part.Field field, String file) {
        return Part.file(field, file, openSsl.read(file));
    }

    private static OpenSslKit make(Key key) {
        OpenSsl openSsl = new OpenSsl(temporary());
        if (key == Key.P_256) {
            openSsl.issue("root", authority("/O=Example/CN=Client Root"));
            openSsl.key("ca-1", "RSA", "rsa_keygen_bits:2048");
            openSsl.issue("ca-1", authority("/O=Example/CN=Client CA 1").by("root"));
            openSsl.issue("ca-2", authority("/O=Example/CN=Client CA 2").by("ca-1"));
            openSsl.issue("partner", authority("/O=Partner/CN=Partner Root"));
        } else {
            OpenSsl other = of(Key.P_256).openSsl;
            for (String name : AUTHORITIES) {
                openSsl.write(name + ".pem", other.read(name + ".pem"));
                openSsl.write(name + ".key", other.read(name + ".key"));
            }
        }
        openSsl.key("leaf", key.algorithm, key.options);
        openSsl.issue(
                "leaf",
                client("/O=Example/CN=team-namespace.app1")
                        .and("subjectAltName=DNS:app1.example,URI:spiffe://example/ns/team-namespace/sa/app1"));
        if (key == Key.P_256) {
            variants(openSsl);
        }
        openSsl.shell("cat ca-2.pem ca-1.pem > issuers.pem\ncat leaf.pem issuers.pem > chain.pem");
        openSsl.shell("openssl pkey -in leaf.key -pubout -out leaf.pub");
        openSsl.write("passphrase", PASSPHRASE + "\n");
        openSsl.write("umlauts", PASSPHRASE_WITH_UMLAUTS + "\n");
        return new OpenSslKit(openSsl);
    }

    /** Certificates for the same key that say other things. */
    private static void variants(OpenSsl openSsl) {
        for (String each : List.of("leaf-v1", "leaf-plain", "leaf-pss", "leaf-names", "leaf-self")) {
            openSsl.write(each + ".key", openSsl.read("leaf.key"));
        }
        Wanted client = client("/O=Example/CN=team-namespace.app1");
        openSsl.issue("leaf-v1", client.with());
        openSsl.issue("leaf-plain", client.with("basicConstraints=CA:FALSE"));
        openSsl.issue("leaf-pss", client.by("ca-1").signedWith("sha256", "-sigopt", "rsa_padding_mode:pss"));
        openSsl.issue(
                "leaf-names",
                client(
                        "/C=DE/ST=Thüringen/L=Jena/O=Gießerei Müller, Söhne/OU=A + B/CN=app1/emailAddress=app1@example"));
        openSsl.issue("leaf-self", Wanted.client("/CN=team-namespace.app1", FROM, UNTIL));
        openSsl.issue("root-v1", authority("/O=Partner/CN=Partner Root of 1999").with());
        openSsl.issue(
                "root-sha1", authority("/O=Partner/CN=Partner Root of 2006").signedWith("sha1"));
    }

    private static Path temporary() {
        try {
            Path directory = Files.createTempDirectory("waypass-openssl");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory), "delete-" + directory));
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).collect(Collectors.toList())) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
