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
 * @param secretName name of the Secret, chosen when the identity was proposed: the Solo guide's {@code <app>-client-mtls-secret} for an
 *     app's first identity, with the destination's slug for further ones
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
        CertificateFingerprints certificate) {}
