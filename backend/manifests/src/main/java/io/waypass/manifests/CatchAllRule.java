package io.waypass.manifests;

import io.fabric8.istio.api.api.networking.v1alpha3.ClientTLSSettingsTLSmode;
import io.fabric8.istio.api.networking.v1.DestinationRule;
import io.fabric8.istio.api.networking.v1.DestinationRuleBuilder;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import java.util.List;

/**
 * The catch-all DestinationRule of a gateway: a synthetic host without a DestinationRule of its own uses mutual TLS with a Secret that
 * does not exist. While an identity's DestinationRule is missing, the gateway answers 503; without the catch-all it sends plaintext to the
 * partner's port 443 (measured: istiod 1.31-dev, Envoy 1.40, placement {@code gateway-namespace}).
 *
 * <p>istiod takes the most specific rule of the first namespace that has a matching one: the proxy's, the service's, the root namespace
 * (Istio, {@code PushContext.destinationRule}). In the gateway's namespace the catch-all would therefore hide rules of teams' namespaces,
 * so with the placement {@code team-namespace} it is in the root namespace. There it has to be exported to the gateway's namespace; a rule
 * that is exported to the root namespace alone counts as private, and private rules of the root namespace win for proxies in it.
 */
final class CatchAllRule {

    /** Istio's {@code meshConfig.rootNamespace}, unless a mesh sets another one. */
    static final String ROOT_NAMESPACE = "istio-system";

    /** Every synthetic host; no other host of Waypass ends like this. */
    private static final String HOST = "*.invalid";

    /** No identity's Secret can have this name: those end in {@code -client-mtls-secret}, or in that and a revision. */
    static final String MISSING_SECRET = "client-mtls-secret-does-not-exist";

    private CatchAllRule() {}

    static DestinationRule desired(Gateway gateway) {
        return new DestinationRuleBuilder()
                .withMetadata(ObjectOrigin.ofGateway(gateway, namespace(gateway), ObjectNames.catchAllRule(gateway)))
                .withNewSpec()
                .withHost(HOST)
                .withExportTo(exportTo(gateway))
                .withNewTrafficPolicy()
                .withNewTls()
                .withMode(ClientTLSSettingsTLSmode.MUTUAL)
                .withCredentialName(MISSING_SECRET)
                .endTls()
                .endTrafficPolicy()
                .endSpec()
                .build();
    }

    private static String namespace(Gateway gateway) {
        return gateway.placement() == Placement.TEAM_NAMESPACE ? ROOT_NAMESPACE : gateway.namespace();
    }

    private static List<String> exportTo(Gateway gateway) {
        if (gateway.placement() == Placement.GATEWAY_NAMESPACE) {
            return List.of(".");
        }
        return List.of(gateway.namespace().equals(ROOT_NAMESPACE) ? "*" : gateway.namespace());
    }
}
