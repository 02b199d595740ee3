package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRouteBuilder;
import io.waypass.identity.IdentitySpec;

/**
 * The HTTPRoute: it sends this app's calls for the destination to the app's own synthetic host. It has one rule, and
 * that rule always matches the caller; the parentRef never names a port.
 */
final class PrincipalRoute {

    /** The header in which the waypoint records the caller's SPIFFE id, overwriting any value from the caller. */
    static final String PRINCIPAL_HEADER = "%%source.principal%%";

    private PrincipalRoute() {}

    static HTTPRoute desired(IdentitySpec desired) {
        ObjectNames names = new ObjectNames(desired);
        String host = desired.destination().host();
        return new HTTPRouteBuilder()
                .withMetadata(ObjectOrigin.metadata(desired, names.namespace(), names.httpRoute()))
                .withNewSpec()
                .withHostnames(host)
                .addNewParentRef()
                .withGroup("networking.istio.io")
                .withKind("ServiceEntry")
                .withName(desired.destination().sharedServiceEntry())
                .withNamespace(desired.gateway().namespace())
                .endParentRef()
                .addNewRule()
                .addNewMatch()
                .addNewHeader()
                .withType("Exact")
                .withName(PRINCIPAL_HEADER)
                .withValue(desired.app().principal().spiffeId())
                .endHeader()
                .endMatch()
                .addNewFilter()
                .withType("RequestHeaderModifier")
                .withNewRequestHeaderModifier()
                .withRemove(PRINCIPAL_HEADER)
                .endRequestHeaderModifier()
                .endFilter()
                .addNewFilter()
                .withType("URLRewrite")
                .withNewUrlRewrite()
                .withHostname(host)
                .endUrlRewrite()
                .endFilter()
                .addNewBackendRef()
                .withGroup("networking.istio.io")
                .withKind("Hostname")
                .withName(names.syntheticHost())
                .withPort(desired.destination().port())
                .endBackendRef()
                .endRule()
                .endSpec()
                .build();
    }
}
