package io.waypass.identity;

import io.waypass.certificate.StoredCertificate;
import io.waypass.sealing.SealingContext;

/**
 * A client credential with its sealed private key.
 *
 * @param certificate chain, CA bundle and facts
 * @param sealedKey the sealed private key
 * @param context to which the key is bound
 */
public record Credential(StoredCertificate certificate, byte[] sealedKey, SealingContext context) {

    @Override
    public String toString() {
        return "Credential[" + certificate.facts().fingerprint() + "]";
    }
}
