package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import java.util.List;
import java.util.Optional;

/** The content of a request, in full; one type for each kind of resource. */
public sealed interface RequestContent {

    /**
     * A revision of an identity.
     *
     * @param certificate that the app would present; empty for a retirement
     * @param replaced the version that it replaces; empty for the first
     */
    record OfIdentity(
            Destination destination,
            Gateway gateway,
            Optional<StoredCertificate> certificate,
            Optional<StoredCertificate> replaced)
            implements RequestContent {}

    /**
     * A removal of orphans.
     *
     * @param objects in order, each with its outcome
     */
    record OfOrphans(List<OrphanRemovalObject> objects) implements RequestContent {

        public OfOrphans {
            objects = List.copyOf(objects);
        }
    }
}
