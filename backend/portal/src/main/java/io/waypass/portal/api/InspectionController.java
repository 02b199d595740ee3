package io.waypass.portal.api;

import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.Judgement;
import io.waypass.portal.api.CertificateViews.CertificateInput;
import io.waypass.portal.api.CertificateViews.FactsView;
import io.waypass.portal.api.CertificateViews.FindingView;
import java.util.List;
import java.util.Optional;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Judges a certificate without storing anything; answers 200 however bad it is. */
@RestController
class InspectionController {

    record Inspection(Optional<FactsView> facts, List<FindingView> errors, List<FindingView> warnings) {}

    private final CertificateIntake intake;

    InspectionController(CertificateIntake intake) {
        this.intake = intake;
    }

    @PostMapping("/api/v1/certificates/inspection")
    Inspection inspect(@RequestBody CertificateInput certificate) {
        try (Judgement judgement = intake.judge(certificate.submission())) {
            return new Inspection(
                    judgement.facts().map(FactsView::of),
                    judgement.errors().stream().map(FindingView::of).toList(),
                    judgement.warnings().stream().map(FindingView::of).toList());
        }
    }
}
