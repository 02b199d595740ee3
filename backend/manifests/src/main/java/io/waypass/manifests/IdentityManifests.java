package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Renders the Kubernetes objects of an identity. */
public final class IdentityManifests {

    private IdentityManifests() {}

    /**
     * Renders an identity: the same input gives the same bytes, on any machine, at any time.
     *
     * @param desired the desired state of the identity
     * @return its objects in the order of apply: Secret, DestinationRule, synthetic ServiceEntry, HTTPRoute,
     * AuthorizationPolicy. The certificate exists before any object uses it, and the policy, which admits the app,
     * comes last; retirement uses the reverse order
     */
    public static List<Manifest> render(IdentitySpec desired) {
        return Stream.<HasMetadata>of(
                        ClientSecret.desired(desired),
                        MutualTlsRule.desired(desired),
                        SyntheticServiceEntry.desired(desired),
                        PrincipalRoute.desired(desired),
                        IdentityPolicy.desired(desired))
                .map(object -> Manifest.of(CanonicalJson.tree(object)))
                .toList();
    }

    /**
     * Renders the objects of the gateway and the destination that the plan of each identity contains: they are written before
     * the identity's own objects, and stay when the identity is retired. For every identity of a destination the result is
     * the same, to the byte. The shared ServiceEntry is not among them: the platform manages it.
     *
     * @param desired any identity of the destination
     * @return where identities' objects are in the waypoint's namespace, the Role and RoleBinding that let it read its
     * Secrets; the catch-all DestinationRule, so that no synthetic host is reached in plaintext; and the AuthorizationPolicy
     * that refuses apps without an identity, unless the gateway is configured otherwise
     */
    public static List<Manifest> renderShared(IdentitySpec desired) {
        Gateway gateway = desired.gateway();
        List<HasMetadata> objects = new ArrayList<>();
        if (gateway.placement() == Placement.GATEWAY_NAMESPACE) {
            objects.add(WaypointSecrets.role(gateway));
            objects.add(WaypointSecrets.binding(gateway));
        }
        objects.add(CatchAllRule.desired(gateway));
        if (gateway.denyByDefault()) {
            objects.add(DestinationPolicy.desired(gateway, desired.destination()));
        }
        return objects.stream()
                .map(object -> Manifest.of(CanonicalJson.tree(object)))
                .toList();
    }

    /**
     * How the gateway refers to the identity's Secret.
     *
     * @return {@code namespace/name}, or a bare name where the Secret is in the gateway's own namespace
     */
    public static String credentialName(IdentitySpec desired) {
        return new ObjectNames(desired).credentialName();
    }

    /**
     * The host that represents an app at a destination; no other object may claim it.
     *
     * @param host the destination's real host
     * @return {@code <app>.<namespace>.<host>.invalid}, at most 253 characters
     */
    public static String syntheticHost(String app, String namespace, String host) {
        return ObjectNames.syntheticHost(app, namespace, host);
    }
}
