package io.waypass.certificate;

import io.waypass.fingerprint.CertificateFingerprints;

/**
 * A valid submission in the form in which it is stored and applied.
 *
 * @param chainPem leaf first, PEM with line feeds
 * @param caBundlePem PEM with line feeds
 * @param fingerprints represent the credential in plans
 * @param key the private key; the holder closes it
 */
public record ClientCredential(
        CertificateFacts facts,
        String chainPem,
        String caBundlePem,
        CertificateFingerprints fingerprints,
        PrivateKeyMaterial key)
        implements AutoCloseable {

    @Override
    public void close() {
        key.close();
    }
}
