package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.ChainLink;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Part;
import io.waypass.certificate.Recognised;
import io.waypass.certificate.StoredCertificate;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Certificates in the API. A private key is accepted and never returned. */
final class CertificateViews {

    private CertificateViews() {}

    /** A client's input; {@code toString} hides all of it. */
    record CertificateInput(
            @Nullable String chain,
            @Nullable String privateKey,

            @Schema(description = "A PKCS#12 or JKS file in Base64; it may stand in the place of chain and privateKey")
            @Nullable String pkcs12,

            @Nullable String passphrase,
            @Nullable String caBundle) {

        static final CertificateInput NOTHING = new CertificateInput(null, null, null, null, null);

        CertificateSubmission submission() {
            return new CertificateSubmission(
                    List.of(
                            Part.text(Part.Field.CHAIN, Input.text(chain)),
                            Part.text(Part.Field.PRIVATE_KEY, Input.text(privateKey)),
                            keystore(Input.text(pkcs12))),
                    List.of(Part.text(Part.Field.CA_BUNDLE, Input.text(caBundle))),
                    Input.text(passphrase).toCharArray());
        }

        /** The decoded file, whose size is limited; the judge reports invalid Base64. */
        private static Part keystore(String base64) {
            try {
                return Part.file(Part.Field.PKCS12, "", Base64.getDecoder().decode(base64.replaceAll("\\s", "")));
            } catch (IllegalArgumentException e) {
                return Part.text(Part.Field.PKCS12, base64);
            }
        }

        @Override
        public String toString() {
            return "CertificateInput[hidden]";
        }
    }

    record LinkView(
            String role,
            String subject,
            String issuer,
            Instant notBefore,
            Instant notAfter,
            String keyAlgorithm,
            String fingerprintSha256) {
        static LinkView of(ChainLink link) {
            return new LinkView(
                    link.role().name().toLowerCase(Locale.ROOT),
                    link.subject(),
                    link.issuer(),
                    link.notBefore(),
                    link.notAfter(),
                    link.keyAlgorithm(),
                    link.fingerprint());
        }
    }

    record RecognisedView(String pointer, Optional<String> fileName, String form, String holds) {
        static RecognisedView of(Recognised recognised) {
            return new RecognisedView(
                    "/" + recognised.field().value(), recognised.fileName(), recognised.form(), recognised.holds());
        }
    }

    record FactsView(
            String subject,
            String issuer,
            List<String> sans,
            String serial,
            Instant notBefore,
            Instant notAfter,
            String keyAlgorithm,
            String signatureAlgorithm,
            String fingerprintSha256,
            List<String> chain,
            List<String> caBundle) {
        static FactsView of(CertificateFacts facts) {
            return new FactsView(
                    facts.subject(),
                    facts.issuer(),
                    facts.sans(),
                    facts.serial(),
                    facts.notBefore(),
                    facts.notAfter(),
                    facts.keyAlgorithm(),
                    facts.signatureAlgorithm(),
                    facts.fingerprint(),
                    facts.chainSubjects(),
                    facts.caSubjects());
        }
    }

    record FindingView(String code, String pointer, String message) {
        static FindingView of(Finding finding) {
            return new FindingView(finding.code(), "/" + finding.part(), finding.message());
        }

        static List<FindingView> of(List<Finding> findings, Finding.Level level) {
            return findings.stream()
                    .filter(finding -> finding.level() == level)
                    .map(FindingView::of)
                    .toList();
        }
    }

    record CertificateView(
            String id,
            int version,
            FactsView facts,
            List<FindingView> warnings,
            List<FindingView> notes,
            Instant uploadedAt) {
        static CertificateView of(StoredCertificate certificate) {
            return new CertificateView(
                    certificate.publicId(),
                    certificate.version(),
                    FactsView.of(certificate.facts()),
                    FindingView.of(certificate.findings(), Finding.Level.WARNING),
                    FindingView.of(certificate.findings(), Finding.Level.NOTE),
                    certificate.uploadedAt());
        }
    }
}
