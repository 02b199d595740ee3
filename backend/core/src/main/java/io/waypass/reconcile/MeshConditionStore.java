package io.waypass.reconcile;

import io.waypass.identity.IdentityRevisions.Applied;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.Observations.ResourceCondition;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the applier of one cluster needs to keep the conditions about the mesh current for all its identities: those change with the
 * mesh, and not with an identity's own objects.
 */
public interface MeshConditionStore {

    /** {@return the applied identities, without what they are rendered from} */
    List<Applied> listApplied();

    /**
     * Loads what applied identities are rendered from.
     *
     * @param identities public ids
     * @return by the key of the resource; those that are not applied any more are left out
     */
    Map<Long, IdentitySpec> load(Collection<String> identities);

    /** Records conditions, in one statement. */
    void record(List<ResourceCondition> conditions);
}
