package io.waypass.manifests;

import io.fabric8.istio.api.api.security.v1beta1.AuthorizationPolicyAction;
import io.fabric8.istio.api.security.v1.AuthorizationPolicy;
import io.fabric8.istio.api.security.v1.AuthorizationPolicyBuilder;
import io.waypass.app.Principal;
import io.waypass.identity.IdentitySpec;

/**
 * The AuthorizationPolicy that admits the app to the destination, in addition to the destination's own, which admits
 * none. It requires the caller's mesh identity and the same identity in the routing header: if the gateway's
 * EnvoyFilter is missing, an app that writes another's identity into the header is refused.
 */
final class IdentityPolicy {

    private IdentityPolicy() {}

    static AuthorizationPolicy desired(IdentitySpec desired) {
        ObjectNames names = new ObjectNames(desired);
        Principal principal = desired.app().principal();
        return new AuthorizationPolicyBuilder()
                .withMetadata(
                        ObjectOrigin.metadata(desired, desired.gateway().namespace(), names.authorizationPolicy()))
                .withNewSpec()
                .addNewTargetRef()
                .withGroup("networking.istio.io")
                .withKind("ServiceEntry")
                .withName(desired.destination().sharedServiceEntry())
                .endTargetRef()
                .withAction(AuthorizationPolicyAction.ALLOW)
                .addNewRule()
                .addNewFrom()
                .withNewSource()
                .withPrincipals(principal.withoutScheme())
                .endSource()
                .endFrom()
                .addNewWhen()
                .withKey("request.headers[" + PrincipalRoute.PRINCIPAL_HEADER + "]")
                .withValues(principal.spiffeId())
                .endWhen()
                .endRule()
                .endSpec()
                .build();
    }
}
