package io.waypass.applier.plan;

import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.DaysLeft;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Part;
import io.waypass.certificate.PrivateKeyMaterial;
import io.waypass.request.PlanCheck;
import io.waypass.request.PlanCheck.Level;
import io.waypass.request.RequestWork.PlanJob;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeyset.SealedKeyDoesNotOpen;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The certificate judged once more, with its key: between submit and plan a day may have passed, or the applier's keyset
 * been replaced. Better that the one who asked hears it now than that an approval comes to nothing.
 */
final class CredentialChecks {

    private static final String VALID = "certificate.valid";
    private static final String KEY = "key.usable";

    private final SealingKeyset keyset;
    private final CertificateIntake intake;
    private final Clock clock;

    CredentialChecks(SealingKeyset keyset, CertificateIntake intake, Clock clock) {
        this.keyset = keyset;
        this.intake = intake;
        this.clock = clock;
    }

    List<PlanCheck> of(PlanJob job) {
        try (PrivateKeyMaterial key = new PrivateKeyMaterial(keyset.open(job.sealedKey(), job.context()))) {
            Map<Boolean, List<Finding>> errors = intake.judgeAgain(job.certificate(), key).stream()
                    .collect(Collectors.partitioningBy(
                            finding -> finding.part().equals(Part.Field.PRIVATE_KEY.value())));
            return List.of(
                    check(VALID, errors.get(false), validity(job)),
                    check(
                            KEY,
                            errors.get(true),
                            new PlanCheck(KEY, Level.PASSED, "The sealed key opens and belongs to the certificate.")));
        } catch (SealedKeyDoesNotOpen refusal) {
            return List.of(validity(job), new PlanCheck(KEY, Level.FAILED, String.valueOf(refusal.getMessage())));
        }
    }

    private static PlanCheck check(String code, List<Finding> errors, PlanCheck otherwise) {
        return errors.isEmpty()
                ? otherwise
                : new PlanCheck(
                        code,
                        Level.FAILED,
                        errors.stream().map(Finding::message).collect(Collectors.joining(" ")));
    }

    private PlanCheck validity(PlanJob job) {
        DaysLeft left = job.certificate().facts().daysLeft(clock.instant());
        return new PlanCheck(
                VALID,
                left.isExpired() ? Level.FAILED : left.isSoon() ? Level.WARNING : Level.PASSED,
                "The certificate is valid until " + job.certificate().facts().notAfter() + ", for " + left.days()
                        + " more days.");
    }
}
