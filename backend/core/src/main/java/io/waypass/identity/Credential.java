package io.waypass.identity;

import io.waypass.certificate.StoredCertificate;
import io.waypass.sealing.SealingContext;

/**
 * What an app presents, its key still sealed.
 *
 * @param certificate chain, CA bundle and facts
 * @param sealedKey its private key, sealed
 * @param context what the key is bound to
 */
public record Credential(StoredCertificate certificate, byte[] sealedKey, SealingContext context) {

    @Override
    public String toString() {
        return "Credential[" + certificate.facts().fingerprint() + "]";
    }
}
