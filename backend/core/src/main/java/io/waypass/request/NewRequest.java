package io.waypass.request;

import io.waypass.certificate.CertificateSubmission;

/**
 * A request before it is submitted.
 *
 * @param kind what it proposes
 * @param app {@code app_…}
 * @param destination slug
 * @param certificate what the app shall present; nothing where the kind brings no certificate
 * @param reason why; the approver reads it
 */
public record NewRequest(
        RequestKind kind, String app, String destination, CertificateSubmission certificate, String reason) {

    /**
     * A request that brings no certificate: a retirement, or a refresh.
     *
     * @param kind which
     * @param app {@code app_…}
     * @param destination slug
     * @param reason why; the approver reads it
     * @return the request
     */
    public static NewRequest without(RequestKind kind, String app, String destination, String reason) {
        return new NewRequest(kind, app, destination, CertificateSubmission.nothing(), reason);
    }
}
