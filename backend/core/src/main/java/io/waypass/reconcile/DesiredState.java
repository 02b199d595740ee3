package io.waypass.reconcile;

import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.ResourceKind;
import java.util.Optional;

/**
 * A revision of a resource that the applier renders, applies and keeps; one type for each kind of resource. An operation that is done
 * once, such as a removal of orphans, has no desired state: see {@link OrphanRemovalStore}.
 */
public sealed interface DesiredState {

    ResourceKind kind();

    /** {@return the credential for the Secret; empty if the state has none} */
    Optional<Credential> credential();

    /** {@return whether shared objects are kept for it} */
    boolean keepsShared();

    /**
     * A revision of an identity.
     *
     * @param spec what it is rendered from
     * @param credential for the Secret; empty for a retirement
     * @param destinationKept whether the catalogue still has the destination; otherwise the objects that its identities shared belong to
     *     nothing
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
