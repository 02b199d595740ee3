package io.waypass.identity;

import io.waypass.certificate.StoredCertificate;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.resource.ObservedObject;
import java.util.List;
import java.util.Optional;

/**
 * An identity in full. Its history is the list of its requests.
 *
 * @param certificate of the desired revision; during a retirement, the one that is still presented; empty once it is retired
 * @param objects as observed in the cluster, in the order of apply
 */
public record IdentityDetail(
        IdentitySummary summary,
        Destination destination,
        Gateway gateway,
        Optional<StoredCertificate> certificate,
        List<ObservedObject> objects) {

    public IdentityDetail {
        objects = List.copyOf(objects);
    }
}
