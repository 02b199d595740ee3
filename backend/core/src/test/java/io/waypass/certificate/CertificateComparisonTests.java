package io.waypass.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.certificate.CertificateComparison.Field;
import io.waypass.certificate.CertificateComparison.Line;
import io.waypass.fingerprint.CertificateFingerprints;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateComparisonTests {

    private static final Instant JANUARY = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void aVersionDoesNotDifferFromItself() {
        StoredCertificate certificate = certificate("CN=app1", List.of("DNS:a", "DNS:b"), "key", "ca");

        assertThat(CertificateComparison.between(certificate, certificate).changes())
                .isEmpty();
        assertThat(CertificateComparison.between(certificate, certificate).lines())
                .extracting(Line::field)
                .containsExactly(Field.values());
    }

    @Test
    void namesInAnotherOrderAreTheSameNames() {
        assertThat(changed(
                        certificate("CN=app1", List.of("DNS:a", "DNS:b"), "key", "ca"),
                        certificate("CN=app1", List.of("DNS:b", "DNS:a"), "key", "ca")))
                .isEmpty();
    }

    @Test
    void whatOnlyOneOfThemHasIsToldApart() {
        Line names = CertificateComparison.between(
                        certificate("CN=app1", List.of("DNS:a", "DNS:b"), "key", "ca"),
                        certificate("CN=app1", List.of("DNS:b", "DNS:c"), "key", "ca"))
                .changes()
                .getFirst();

        assertThat(names.field()).isEqualTo(Field.SANS);
        assertThat(names.removed()).containsExactly("DNS:a");
        assertThat(names.added()).containsExactly("DNS:c");
    }

    @Test
    void anotherKeyOfTheSameKindAndAnotherBundleOfTheSameNameAreSeen() {
        assertThat(changed(
                        certificate("CN=app1", List.of(), "key 1", "ca 1"),
                        certificate("CN=app1", List.of(), "key 2", "ca 2")))
                .containsExactly(Field.KEY, Field.CA_BUNDLE);
    }

    private static List<Field> changed(StoredCertificate older, StoredCertificate newer) {
        return CertificateComparison.between(older, newer).changes().stream()
                .map(Line::field)
                .toList();
    }

    private static StoredCertificate certificate(String subject, List<String> sans, String key, String ca) {
        return new StoredCertificate(
                1,
                "crt_1",
                1,
                new CertificateFacts(
                        subject,
                        "CN=CA",
                        sans,
                        "01",
                        JANUARY,
                        JANUARY.plusSeconds(1),
                        "EC P-256",
                        "SHA256withECDSA",
                        "AA",
                        List.of(subject, "CN=CA"),
                        List.of("CN=Partner")),
                List.of(),
                "",
                "",
                new CertificateFingerprints("chain", key, ca),
                JANUARY);
    }
}
