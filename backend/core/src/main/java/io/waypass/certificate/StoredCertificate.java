package io.waypass.certificate;

import io.waypass.fingerprint.CertificateFingerprints;
import java.time.Instant;
import java.util.List;

/**
 * One version of an identity's client credential, without its key.
 *
 * @param id key inside the database
 * @param publicId {@code crt_…}
 * @param version counted per identity from 1
 * @param findings warnings and notes that stay on it
 * @param chainPem leaf first
 * @param caBundlePem authorities that signed the partner's server certificate
 * @param fingerprints represent the credential in plans
 */
public record StoredCertificate(
        long id,
        String publicId,
        int version,
        CertificateFacts facts,
        List<Finding> findings,
        String chainPem,
        String caBundlePem,
        CertificateFingerprints fingerprints,
        Instant uploadedAt) {

    public StoredCertificate {
        findings = List.copyOf(findings);
    }
}
