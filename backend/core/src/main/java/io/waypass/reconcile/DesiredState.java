package io.waypass.reconcile;

import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.ResourceKind;
import java.util.Optional;

/**
 * A revision of a resource that the applier renders, applies and keeps; one type for each kind of resource. What is done once, such as a
 * removal of orphans, is no state that is kept: see {@link OrphanRemovalStore}.
 */
public sealed interface DesiredState {

    /** {@return the kind of resource} */
    ResourceKind kind();

    /** {@return what goes into the Secret; empty if nothing does} */
    Optional<Credential> credential();

    /** {@return whether objects that resources share are still kept for it} */
    boolean keepsShared();

    /**
     * A revision of an identity.
     *
     * @param spec what it is rendered from
     * @param credential what goes into the Secret; empty for a retirement
     * @param destinationKept whether the destination is still in the catalogue; what its identities shared belongs to nothing else
     */
    record OfIdentity(IdentitySpec spec, Optional<Credential> credential, boolean destinationKept)
            implements DesiredState {

        @Override
        public ResourceKind kind() {
            return ResourceKind.IDENTITY;
        }

        @Override
        public boolean keepsShared() {
            return destinationKept;
        }
    }
}
