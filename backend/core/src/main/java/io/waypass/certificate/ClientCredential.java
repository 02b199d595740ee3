package io.waypass.certificate;

import io.waypass.fingerprint.CertificateFingerprints;

/**
 * A submission that the judge accepted, in the form in which it is stored and applied.
 *
 * @param facts what it says of itself
 * @param chainPem leaf first, PEM with line feeds
 * @param caBundlePem PEM with line feeds
 * @param fingerprints what stands for it in plans
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
