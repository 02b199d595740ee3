package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.portal.api.CertificateViews.CertificateInput;
import io.waypass.refusal.InputProblem;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A new request: {@code app}, {@code destination} and, if the kind has one, {@code certificate} for an identity; {@code cluster} and
 * {@code uids} for a removal of orphans.
 */
record NewRequestBody(
        @Schema(
                allowableValues = {
                    "create-identity",
                    "rotate-certificate",
                    "retire-identity",
                    "refresh",
                    "remove-orphans"
                })
        @Nullable String kind,

        @Nullable String app,
        @Nullable String destination,
        @Nullable CertificateInput certificate,
        @Nullable String cluster,
        @Nullable List<@Nullable String> uids,
        @Nullable String reason) {

    /** Members that a request of the kind does not have. */
    List<InputProblem> misplaced(RequestKind kind) {
        List<InputProblem> problems = new ArrayList<>();
        switch (kind) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH -> {
                refuse(problems, kind, "cluster", cluster);
                refuse(problems, kind, "uids", uids);
            }
            case REMOVE_ORPHANS -> {
                refuse(problems, kind, "app", app);
                refuse(problems, kind, "destination", destination);
                refuse(problems, kind, "certificate", certificate);
            }
        }
        return problems;
    }

    NewRequest request(RequestKind kind, CertificateSubmission submitted) {
        return switch (kind) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH ->
                new NewRequest.OfIdentity(
                        kind, Input.text(app), Input.text(destination), submitted, Input.text(reason));
            case REMOVE_ORPHANS ->
                new NewRequest.OfOrphans(
                        Input.text(cluster),
                        uids == null
                                ? List.of()
                                : uids.stream().filter(Objects::nonNull).toList(),
                        Input.text(reason));
        };
    }

    CertificateSubmission submission() {
        return (certificate == null ? CertificateInput.NOTHING : certificate).submission();
    }

    private static void refuse(List<InputProblem> problems, RequestKind kind, String name, @Nullable Object given) {
        if (given != null) {
            problems.add(new InputProblem(
                    "/" + name,
                    "value.not-of-kind",
                    "A request of the kind " + kind.value() + " has no “" + name + "”. Leave it out."));
        }
    }
}
