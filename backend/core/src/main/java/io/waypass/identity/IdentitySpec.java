package io.waypass.identity;

import io.waypass.app.App;
import io.waypass.cluster.Cluster;
import io.waypass.destination.Destination;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.gateway.Gateway;

/**
 * Everything that an identity's objects are rendered from. It contains no secret.
 *
 * @param publicId {@code idn_…}
 * @param revision number of the revision, counted per identity from 1
 * @param secretName name of the Secret of the identity's first certificate, chosen when the identity was proposed: the Solo guide's {@code
 *     <app>-client-mtls-secret} for an app's first identity, with the destination's slug for further ones
 * @param certificateRevision number of the revision that brought the certificate: each certificate has a Secret of its own
 * @param certificate fingerprints of the client credential
 */
public record IdentitySpec(
        String publicId,
        int revision,
        Cluster cluster,
        Gateway gateway,
        Destination destination,
        App app,
        String secretName,
        int certificateRevision,
        CertificateFingerprints certificate) {

    /** Every Secret's name contains this, however it is shortened: admission policies recognise it by that. */
    public static final String SECRET_ENDING = "-client-mtls-secret";

    public IdentitySpec {
        if (!secretName.endsWith(SECRET_ENDING)) {
            throw new IllegalArgumentException("the Secret's name " + secretName + " does not end in " + SECRET_ENDING);
        }
        if (certificateRevision < 1 || certificateRevision > revision) {
            throw new IllegalArgumentException(
                    "the certificate of revision " + revision + " cannot be that of revision " + certificateRevision);
        }
    }
}
