package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.identity.IdentitySpec;

/**
 * The client credential. The rendered Secret has fingerprints in place of the values; only the applier, which can
 * unseal the key, fills in the values. Each certificate has a Secret of its own. {@code ca.crt} is never left out: istiod asks for it whenever a DestinationRule
 * says MUTUAL; without it the certificate is delivered, every status is True, and calls fail.
 */
final class ClientSecret {

    private ClientSecret() {}

    static Secret desired(IdentitySpec desired) {
        ObjectNames names = new ObjectNames(desired);
        CertificateFingerprints certificate = desired.certificate();
        return new SecretBuilder()
                .withMetadata(ObjectOrigin.metadata(desired, names.namespace(), names.secret()))
                .withType("kubernetes.io/tls")
                .addToData(SecretFingerprints.CHAIN, certificate.chain())
                .addToData(SecretFingerprints.KEY, certificate.publicKey())
                .addToData(SecretFingerprints.CA, certificate.caBundle())
                .build();
    }
}
