package io.waypass.request;

import io.waypass.certificate.StoredCertificate;

/**
 * A version of an identity's certificate.
 *
 * @param request public id of the request that proposed it
 * @param status of that request
 * @param desired whether it was approved last
 * @param applied whether it was applied last
 */
public record CertificateVersion(
        StoredCertificate certificate, String request, RequestStatus status, boolean desired, boolean applied) {}
