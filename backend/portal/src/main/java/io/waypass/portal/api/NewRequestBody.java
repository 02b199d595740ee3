package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.portal.api.CertificateViews.CertificateInput;
import io.waypass.refusal.InputProblem;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
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
        Stream<Optional<InputProblem>> problems = switch (kind) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH ->
                Stream.of(misplaced(kind, "cluster", cluster), misplaced(kind, "uids", uids));
            case REMOVE_ORPHANS ->
                Stream.of(
                        misplaced(kind, "app", app),
                        misplaced(kind, "destination", destination),
                        misplaced(kind, "certificate", certificate));
        };
        return problems.flatMap(Optional::stream).toList();
    }

    private static Optional<InputProblem> misplaced(RequestKind kind, String name, @Nullable Object given) {
        return Optional.ofNullable(given)
                .map(_ -> new InputProblem(
                        "/" + name,
                        "value.not-of-kind",
                        "A request of the kind " + kind.value() + " has no “" + name + "”. Leave it out."));
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
}
