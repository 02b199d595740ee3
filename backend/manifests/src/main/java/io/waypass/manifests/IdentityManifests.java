package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.waypass.identity.DesiredIdentity;
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
    public static List<Manifest> render(DesiredIdentity desired) {
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
     * How the gateway finds the identity's Secret.
     *
     * @param desired the identity
     * @return {@code namespace/name}, or a bare name where the Secret lives in the gateway's own namespace
     */
    public static String credentialName(DesiredIdentity desired) {
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
