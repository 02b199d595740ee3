package io.waypass.certificate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Field-by-field comparison of two versions of a certificate.
 *
 * @param lines one for each {@link Field}, in their order
 */
public record CertificateComparison(List<Line> lines) {

    /** A compared property of a certificate. */
    public enum Field {
        SUBJECT,
        ISSUER,
        /** Subject alternative names of the leaf, in any order. */
        SANS,
        /** Kind of the leaf's key and fingerprint of its public key. */
        KEY,
        /** Subjects of the leaf's issuers. */
        CHAIN,
        /** Subjects of the CA bundle, or its content. */
        CA_BUNDLE,
        /** Begin and end of validity. */
        VALIDITY,
        SIGNATURE,
        SERIAL,
        /** SHA-256 of the leaf. */
        FINGERPRINT;

        /** {@return the name in API and texts} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** One field of both versions. */
    public record Line(Field field, List<String> before, List<String> after) {

        public boolean differs() {
            return !before.equals(after);
        }

        /** {@return values that only the newer version has} */
        public List<String> added() {
            return after.stream().filter(each -> !before.contains(each)).toList();
        }

        /** {@return values that only the older version has} */
        public List<String> removed() {
            return before.stream().filter(each -> !after.contains(each)).toList();
        }
    }

    public CertificateComparison {
        lines = List.copyOf(lines);
    }

    public List<Line> changes() {
        return lines.stream().filter(Line::differs).toList();
    }

    public static CertificateComparison between(StoredCertificate older, StoredCertificate newer) {
        return new CertificateComparison(Arrays.stream(Field.values())
                .map(field -> new Line(field, values(field, older), values(field, newer)))
                .toList());
    }

    private static List<String> values(Field field, StoredCertificate certificate) {
        CertificateFacts facts = certificate.facts();
        return switch (field) {
            case SUBJECT -> List.of(facts.subject());
            case ISSUER -> List.of(facts.issuer());
            case SANS -> facts.sans().stream().sorted().toList();
            case KEY -> List.of(facts.keyAlgorithm(), certificate.fingerprints().publicKey());
            case CHAIN -> facts.chainSubjects().subList(1, facts.chainSubjects().size());
            case CA_BUNDLE -> {
                List<String> bundle = new ArrayList<>(facts.caSubjects());
                bundle.add(certificate.fingerprints().caBundle());
                yield bundle;
            }
            case VALIDITY -> List.of("from " + facts.notBefore(), "until " + facts.notAfter());
            case SIGNATURE -> List.of(facts.signatureAlgorithm());
            case SERIAL -> List.of(facts.serial());
            case FINGERPRINT -> List.of(facts.fingerprint());
        };
    }
}
