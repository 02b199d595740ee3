package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** An identity's objects. */
public final class IdentityManifests {

    private IdentityManifests() {}

    /**
     * Renders an identity: the same input gives the same bytes, on any machine, at any time.
     *
     * @param desired the identity as it shall be
     * @return its objects in the order in which they are applied: Secret, DestinationRule, synthetic ServiceEntry, HTTPRoute,
     *     AuthorizationPolicy. The certificate is there before anything uses it, and the policy, which opens the door, comes
     *     last; retirement runs the other way
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
     * Renders what an identity needs and shares with others: it is written before the identity's own objects and stays when the identity
     * is retired. For every identity of a destination the result is the same, to the byte.
     *
     * @param desired any identity of the destination
     * @return where objects live beside the waypoint, the Role and RoleBinding that let it read its Secrets; unless the gateway is set up
     *     otherwise, the AuthorizationPolicy that refuses whoever has no identity
     */
    public static List<Manifest> renderShared(IdentitySpec desired) {
        List<HasMetadata> objects = new ArrayList<>();
        if (desired.gateway().placement() == Placement.GATEWAY_NAMESPACE) {
            objects.add(WaypointSecrets.role(desired));
            objects.add(WaypointSecrets.binding(desired));
        }
        if (desired.gateway().denyByDefault()) {
            objects.add(DestinationPolicy.desired(desired));
        }
        return objects.stream()
                .map(object -> Manifest.of(CanonicalJson.tree(object)))
                .toList();
    }

    /**
     * Brings an identity's own objects into the order in which they are removed, the reverse of the one in which they are applied: first
     * the policy that lets the app in, then the route, and what the route relies on only when it is gone.
     *
     * @param objects an identity's own, in any order, of any revision
     * @return the same in the order of removal
     */
    public static List<Manifest> inOrderOfRemoval(List<Manifest> objects) {
        return objects.stream()
                .sorted(Comparator.comparing((Manifest object) -> ObjectKind.of(object.kind()))
                        .reversed()
                        .thenComparing(Manifest::name))
                .toList();
    }

    /**
     * How the gateway finds the identity's Secret.
     *
     * @param desired the identity
     * @return {@code namespace/name}, or a bare name where the Secret lives in the gateway's own namespace
     */
    public static String credentialName(IdentitySpec desired) {
        return new ObjectNames(desired).credentialName();
    }

    /**
     * The host that stands for an app at a destination and that nothing else may claim.
     *
     * @param app name
     * @param namespace of the app
     * @param host the destination's real host
     * @return {@code <app>.<namespace>.<host>.invalid}, at most 253 characters
     */
    public static String syntheticHost(String app, String namespace, String host) {
        return ObjectNames.syntheticHost(app, namespace, host);
    }
}
