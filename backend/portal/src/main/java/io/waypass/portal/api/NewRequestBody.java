package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.portal.api.CertificateViews.CertificateInput;
import io.waypass.refusal.InputProblem;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
        Map<String, @Nullable Object> others = switch (kind) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH ->
                members("cluster", cluster, "uids", uids);
            case REMOVE_ORPHANS -> members("app", app, "destination", destination, "certificate", certificate);
        };
        return others.entrySet().stream()
                .filter(member -> member.getValue() != null)
                .map(member -> new InputProblem(
                        "/" + member.getKey(),
                        "value.not-of-kind",
                        "A request of the kind " + kind.value() + " has no “" + member.getKey() + "”. Leave it out."))
                .toList();
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

    private static Map<String, @Nullable Object> members(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put(String.valueOf(namesAndValues[i]), namesAndValues[i + 1]);
        }
        return members;
    }
}
