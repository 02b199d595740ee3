package io.waypass.manifests;

import io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicyAction;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.AuthorizationPolicyBuilder;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;

/**
 * The AuthorizationPolicy of a destination that admits no app (ALLOW without a rule). Each identity's own policy admits
 * that identity's app; an app without an identity is refused instead of being sent on without a certificate.
 */
final class DestinationPolicy {

    private DestinationPolicy() {}

    static AuthorizationPolicy desired(Gateway gateway, Destination destination) {
        return new AuthorizationPolicyBuilder()
                .withMetadata(
                        ObjectOrigin.ofDestination(gateway, destination, ObjectNames.destinationPolicy(destination)))
                .withNewSpec()
                .addNewTargetRef()
                .withGroup("networking.istio.io")
                .withKind("ServiceEntry")
                .withName(destination.sharedServiceEntry())
                .endTargetRef()
                .withAction(AuthorizationPolicyAction.ALLOW)
                .endSpec()
                .build();
    }
}
