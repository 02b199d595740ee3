package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import io.waypass.gateway.Gateway;

/**
 * The right of a waypoint's service account to read the Secrets of its own namespace. Upstream istiod delivers a Secret
 * to a waypoint only if that account may read it; without the right every status is True, and calls fail.
 */
final class WaypointSecrets {

    private static final String GROUP = "rbac.authorization.k8s.io";

    private WaypointSecrets() {}

    static Role role(Gateway gateway) {
        return new RoleBuilder()
                .withMetadata(
                        ObjectOrigin.ofGateway(gateway, gateway.namespace(), ObjectNames.waypointSecrets(gateway)))
                .addNewRule()
                .withApiGroups("")
                .withResources("secrets")
                .withVerbs("get", "list", "watch")
                .endRule()
                .build();
    }

    static RoleBinding binding(Gateway gateway) {
        String name = ObjectNames.waypointSecrets(gateway);
        return new RoleBindingBuilder()
                .withMetadata(ObjectOrigin.ofGateway(gateway, gateway.namespace(), name))
                .withNewRoleRef(GROUP, "Role", name)
                .addNewSubject()
                .withKind("ServiceAccount")
                .withName(gateway.serviceAccount())
                .withNamespace(gateway.namespace())
                .endSubject()
                .build();
    }
}
