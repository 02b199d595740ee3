package io.waypass.request;

import io.waypass.certificate.StoredCertificate;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import java.util.List;
import java.util.Optional;

/** What a request proposes, in full; one type for each kind of resource. */
public sealed interface RequestContent {

    /**
     * A revision of an identity.
     *
     * @param destination where to
     * @param gateway through which gateway
     * @param certificate what the app would present; empty for a retirement
     * @param replaced the version that is presented until then; empty for a first one
     */
    record OfIdentity(
            Destination destination,
            Gateway gateway,
            Optional<StoredCertificate> certificate,
            Optional<StoredCertificate> replaced)
            implements RequestContent {}

    /**
     * A list of objects of a cluster that belong to nothing.
     *
     * @param objects in order, each with what became of it
     */
    record OfOrphans(List<OrphanRemovalObject> objects) implements RequestContent {

        public OfOrphans {
            objects = List.copyOf(objects);
        }
    }
}
