package io.waypass.certificate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Two versions of a certificate side by side.
 *
 * @param lines one for each {@link Field}, in their order
 */
public record CertificateComparison(List<Line> lines) {

    /** What is compared. */
    public enum Field {
        /** Subject of the leaf. */
        SUBJECT,
        /** Issuer of the leaf. */
        ISSUER,
        /** Subject alternative names of the leaf, in any order. */
        SANS,
        /** The leaf's key: its kind, and its public key's fingerprint. */
        KEY,
        /** Subjects of the leaf's issuers. */
        CHAIN,
        /** Subjects of the CA bundle, or its content. */
        CA_BUNDLE,
        /** Begin and end of validity. */
        VALIDITY,
        /** Signature algorithm of the leaf. */
        SIGNATURE,
        /** Serial of the leaf. */
        SERIAL,
        /** SHA-256 of the leaf. */
        FINGERPRINT;

        /** {@return the word in API and texts} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * One thing of both.
     *
     * @param field what
     * @param before as it is in the older version
     * @param after as it is in the newer one
     */
    public record Line(Field field, List<String> before, List<String> after) {

        /** {@return whether they differ} */
        public boolean differs() {
            return !before.equals(after);
        }

        /** {@return what only the newer one has} */
        public List<String> added() {
            return after.stream().filter(each -> !before.contains(each)).toList();
        }

        /** {@return what only the older one has} */
        public List<String> removed() {
            return before.stream().filter(each -> !after.contains(each)).toList();
        }
    }

    /** Copies the list. */
    public CertificateComparison {
        lines = List.copyOf(lines);
    }

    /** {@return the lines that differ} */
    public List<Line> changes() {
        return lines.stream().filter(Line::differs).toList();
    }

    /**
     * Compares two versions.
     *
     * @param older one
     * @param newer another
     * @return both, line by line
     */
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
