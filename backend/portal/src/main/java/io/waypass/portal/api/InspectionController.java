package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.access.Person;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Chain;
import io.waypass.certificate.Finding;
import io.waypass.certificate.Judgement;
import io.waypass.identity.CertificateInspection;
import io.waypass.portal.api.CertificateViews.CertificateInput;
import io.waypass.portal.api.CertificateViews.FactsView;
import io.waypass.portal.api.CertificateViews.FindingView;
import io.waypass.portal.api.CertificateViews.LinkView;
import io.waypass.portal.api.CertificateViews.RecognisedView;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/**
 * Judges a certificate without storing anything; answers 200 whatever the result. With an app and a destination it is compared with what
 * is known of them, as for a submission.
 */
@RestController
class InspectionController {

    private static final List<String> TEXTS = List.of("app", "destination");

    record Inspection(
            Optional<FactsView> facts,
            List<LinkView> chain,
            List<RecognisedView> recognised,
            List<FindingView> errors,
            List<FindingView> warnings,
            List<FindingView> notes) {}

    record InspectionBody(
            @Nullable String chain,
            @Nullable String privateKey,
            @Nullable String pkcs12,
            @Nullable String passphrase,
            @Nullable String caBundle,

            @Schema(description = "app_…, to hear as well what its present certificate has other than this one")
            @Nullable String app,

            @Schema(description = "slug, for its CA bundle") @Nullable String destination) {
        CertificateSubmission submission() {
            return new CertificateInput(chain, privateKey, pkcs12, passphrase, caBundle).submission();
        }

        @Override
        public String toString() {
            return "InspectionBody[hidden]";
        }
    }

    /** Description of the form's parts for OpenAPI; they are read one by one. */
    static class InspectionParts extends CertificateParts.Described {
        public String app = "";
        public String destination = "";
    }

    private final CertificateInspection inspection;

    InspectionController(CertificateInspection inspection) {
        this.inspection = inspection;
    }

    @PostMapping(path = "/api/v1/certificates/inspection", consumes = MediaType.APPLICATION_JSON_VALUE)
    Inspection inspect(Person person, @RequestBody InspectionBody body) {
        try (CertificateSubmission certificate = body.submission()) {
            return inspect(person, Input.text(body.app()), Input.text(body.destination()), certificate);
        }
    }

    @PostMapping(path = "/api/v1/certificates/inspection", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @io.swagger.v3.oas.annotations.parameters.RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                            schema = @Schema(implementation = InspectionParts.class)))
    Inspection inspectParts(Person person, @Parameter(hidden = true) MultipartHttpServletRequest form)
            throws IOException, ServletException {
        try (CertificateParts parts = CertificateParts.of(form, TEXTS)) {
            return inspect(
                    person,
                    Input.text(parts.texts().get("app")),
                    Input.text(parts.texts().get("destination")),
                    parts.certificate());
        }
    }

    private Inspection inspect(Person person, String app, String destination, CertificateSubmission certificate) {
        Judgement judgement = inspection.inspect(person, app, destination, certificate);
        return new Inspection(
                judgement.facts().map(FactsView::of),
                judgement.chain().map(Chain::links).orElse(List.of()).stream()
                        .map(LinkView::of)
                        .toList(),
                judgement.recognised().stream().map(RecognisedView::of).toList(),
                FindingView.of(judgement.findings(), Finding.Level.ERROR),
                FindingView.of(judgement.findings(), Finding.Level.WARNING),
                FindingView.of(judgement.findings(), Finding.Level.NOTE));
    }
}
