package io.waypass.request;

import io.waypass.certificate.CertificateSubmission;

/**
 * A request before it is submitted.
 *
 * @param kind what it proposes
 * @param app {@code app_…}
 * @param destination slug
 * @param certificate what the app shall present
 * @param reason why; the approver reads it
 */
public record NewRequest(
        RequestKind kind, String app, String destination, CertificateSubmission certificate, String reason) {}
