package io.waypass.identity;

import io.waypass.certificate.StoredCertificate;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.resource.ObservedObject;
import java.util.List;
import java.util.Optional;

/**
 * All that there is to see of an identity. Its history is the list of its requests.
 *
 * @param summary as lists show it
 * @param destination where to
 * @param gateway through which gateway
 * @param certificate of the desired revision; while it is being retired, the one it presents until then; empty once it is retired
 * @param objects as they were seen in the cluster, in the order of apply
 */
public record IdentityDetail(
        IdentitySummary summary,
        Destination destination,
        Gateway gateway,
        Optional<StoredCertificate> certificate,
        List<ObservedObject> objects) {

    /** Copies the list. */
    public IdentityDetail {
        objects = List.copyOf(objects);
    }
}
