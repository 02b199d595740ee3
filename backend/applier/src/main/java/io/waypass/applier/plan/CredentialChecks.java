package io.waypass.applier.plan;

import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.DaysLeft;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Part;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.certificate.StoredCertificate;
import io.waypass.identity.Credential;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeyset.SealedKeyDoesNotOpen;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Judges the certificate again, with its key: it may have expired since the submission, or the applier's keyset may have been replaced.
 * The requester learns it now, instead of after an approval.
 */
final class CredentialChecks {

    private static final String HAND_IN_AGAIN = "Submit the request again with a certificate that is in order.";

    private final SealingKeyset keyset;
    private final CertificateIntake intake;
    private final Clock clock;

    CredentialChecks(SealingKeyset keyset, CertificateIntake intake, Clock clock) {
        this.keyset = keyset;
        this.intake = intake;
        this.clock = clock;
    }

    List<PlanCheck> of(Credential credential) {
        StoredCertificate certificate = credential.certificate();
        try (PrivateKeyMaterial key =
                new PrivateKeyMaterial(keyset.open(credential.sealedKey(), credential.context()))) {
            Map<Boolean, List<Finding>> errors = intake.judgeAgain(certificate, key).stream()
                    .collect(Collectors.partitioningBy(
                            finding -> finding.part().equals(Part.Field.PRIVATE_KEY.value())));
            return List.of(
                    errors.get(false).isEmpty()
                            ? validity(certificate)
                            : CheckCode.CERTIFICATE_VALID.failed(words(errors.get(false)), HAND_IN_AGAIN),
                    warned(certificate),
                    errors.get(true).isEmpty()
                            ? CheckCode.KEY_USABLE.passed("The sealed key opens and belongs to the certificate.")
                            : CheckCode.KEY_USABLE.failed(words(errors.get(true)), HAND_IN_AGAIN));
        } catch (SealedKeyDoesNotOpen refusal) {
            return List.of(
                    validity(certificate),
                    warned(certificate),
                    CheckCode.KEY_USABLE.failed(String.valueOf(refusal.getMessage()), HAND_IN_AGAIN));
        }
    }

    private static String words(List<Finding> errors) {
        return errors.stream().map(Finding::message).collect(Collectors.joining(" "));
    }

    private static PlanCheck warned(StoredCertificate certificate) {
        List<String> warnings = certificate.findings().stream()
                .filter(finding -> finding.level() == Finding.Level.WARNING)
                .map(finding -> finding.title() + " (" + finding.code() + ")")
                .distinct()
                .toList();
        return warnings.isEmpty()
                ? CheckCode.CERTIFICATE_FINDINGS.passed("Certificate intake had nothing to warn of.")
                : CheckCode.CERTIFICATE_FINDINGS.warning(
                        "Certificate intake warned: " + String.join("; ", warnings) + ".",
                        "Read the findings on this page, and decide whether they matter here.");
    }

    private PlanCheck validity(StoredCertificate certificate) {
        DaysLeft left = certificate.facts().daysLeft(clock.instant());
        String until = "The certificate is valid until " + certificate.facts().notAfter() + ", for " + left.days()
                + " more days.";
        return left.isExpired()
                ? CheckCode.CERTIFICATE_VALID.failed(until, HAND_IN_AGAIN)
                : left.isSoon()
                        ? CheckCode.CERTIFICATE_VALID.warning(until, "Have a newer one issued soon.")
                        : CheckCode.CERTIFICATE_VALID.passed(until);
    }
}
