package io.waypass.portal.api;

import io.waypass.certificate.CertificateFacts;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Finding;
import io.waypass.certificate.StoredCertificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Certificates as the API takes and shows them. A private key goes in and never comes out. */
final class CertificateViews {

    private CertificateViews() {}

    /** What a client sends; its text form hides all of it. */
    record CertificateInput(
            @Nullable String chain,
            @Nullable String privateKey,
            @Nullable String caBundle) {
        CertificateSubmission submission() {
            return CertificateSubmission.of(Input.text(chain), Input.text(privateKey), Input.text(caBundle));
        }

        @Override
        public String toString() {
            return "CertificateInput[hidden]";
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
    }

    record CertificateView(String id, int version, FactsView facts, List<FindingView> warnings, Instant uploadedAt) {
        static CertificateView of(StoredCertificate certificate) {
            return new CertificateView(
                    certificate.publicId(),
                    certificate.version(),
                    FactsView.of(certificate.facts()),
                    certificate.findings().stream().map(FindingView::of).toList(),
                    certificate.uploadedAt());
        }
    }
}
