package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.waypass.identity.IdentitySpec;

/**
 * The right of a waypoint's service account to read the Secrets of its own namespace. Upstream istiod delivers a Secret
 * to a waypoint only if that account may read it; without the right every status is True, and calls fail.
 */
final class WaypointSecrets {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private WaypointSecrets() {}

    static Role role(IdentitySpec desired) {
        return new RoleBuilder()
                .withMetadata(ObjectOrigin.ofGateway(desired, new ObjectNames(desired).waypointSecrets()))
                .addNewRule()
                .withApiGroups("")
                .withResources("secrets")
                .withVerbs("get", "list", "watch")
                .endRule()
                .build();
    }

    static RoleBinding binding(IdentitySpec desired) {
        String name = new ObjectNames(desired).waypointSecrets();
        return new RoleBindingBuilder()
                .withMetadata(ObjectOrigin.ofGateway(desired, name))
                .withNewRoleRef(GROUP, "Role", name)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName(desired.gateway().serviceAccount())
                .withNamespace(desired.gateway().namespace())
                .endSubject()
                .build();
    }
}
