package io.waypass.request;

import io.waypass.certificate.StoredCertificate;

/**
 * A version of an identity's certificate, and what became of it.
 *
 * @param certificate the version
 * @param request public id of the request that brought it
 * @param status of that request
 * @param desired whether it is what was approved last
 * @param applied whether it is what was applied last
 */
public record CertificateVersion(
        StoredCertificate certificate, String request, RequestStatus status, boolean desired, boolean applied) {}
