package io.waypass.manifests;

import io.waypass.destination.Destination;
import io.waypass.fingerprint.Fingerprints;
import io.waypass.gateway.Gateway;
import io.waypass.gateway.Placement;
import io.waypass.identity.IdentitySpec;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Names and namespaces of an identity's objects; names of those of its destination and gateway.
 *
 * <p>The Solo guide's names are used where they are unambiguous: {@code <app>-<slug>-mesh-external-se}. App, namespace
 * and slug are DNS labels, which may contain dashes but no dots, so a dot is used where a dash would let two identities
 * share a name: before a slug that contains a dash, and after the namespace of the app for objects in the gateway's
 * namespace. A name that would be longer than 63 characters is cut and ends in a hash of the full name; so that no name
 * can be mistaken for a cut one, a slug that ends like such a hash is treated the same way.
 */
record ObjectNames(IdentitySpec desired) {

    /** Limit of a label in Kubernetes, and the strictest limit of all that use these names. */
    static final int LONGEST_NAME = 63;

    /** RFC 1035 without the final dot; Istio's webhook accepts two more, a Gateway API backendRef does not. */
    static final int LONGEST_HOST = 253;

    private static final int HASH_DIGITS = 16;
    private static final Pattern LIKE_CUT = Pattern.compile("(.*-)?[0-9a-f]{" + HASH_DIGITS + "}");

    /** Of the Secret, the DestinationRule, the synthetic ServiceEntry and the HTTPRoute. */
    String namespace() {
        return besideApp() ? desired.app().namespace() : desired.gateway().namespace();
    }

    /**
     * Of the certificate: the first has the name that was chosen for the identity, a later one ends in the revision that brought it. So a
     * rotation changes the DestinationRule, and with it the gateway's connections.
     */
    String secret() {
        String name = desired.secretName();
        String stem = name.substring(0, name.length() - IdentitySpec.SECRET_ENDING.length());
        int revision = desired.certificateRevision();
        return fitted(
                besideApp() ? stem : inGatewayNamespace(stem),
                stem,
                IdentitySpec.SECRET_ENDING + (revision == 1 ? "" : "-r" + revision));
    }

    /** The Secret's name for the waypoint: a bare name is looked up in the waypoint's own namespace. */
    String credentialName() {
        return besideApp() ? namespace() + "/" + secret() : secret();
    }

    String destinationRule() {
        return besideApp(appAndSlug(), "-mesh-external-dr");
    }

    String serviceEntry() {
        return besideApp(appAndSlug(), "-mesh-external-se");
    }

    String httpRoute() {
        return besideApp(appAndSlug(), "-httproute");
    }

    /** Always in the gateway's namespace, so it always contains the app's. */
    String authorizationPolicy() {
        return fitted(inGatewayNamespace(appAndSlug()), slug(), "-allow");
    }

    /**
     * Of the destination, so it contains no app; every name of an identity's policy has a dot, so the two never
     * collide.
     */
    static String destinationPolicy(Destination destination) {
        return fitted(destination.slug(), destination.slug(), "-deny-without-identity");
    }

    /** Of the gateway: its Role and its RoleBinding. */
    static String waypointSecrets(Gateway gateway) {
        return fitted(gateway.name(), gateway.name(), "-waypass-secrets");
    }

    /** Of the gateway: the DestinationRule for synthetic hosts without one; in the root namespace with the gateway's namespace. */
    static String catchAllRule(Gateway gateway) {
        boolean besideApps = gateway.placement() == Placement.TEAM_NAMESPACE;
        return fitted(
                besideApps ? gateway.namespace() + "." + gateway.name() : gateway.name(),
                gateway.name(),
                "-waypass-catch-all");
    }

    String syntheticHost() {
        return syntheticHost(
                desired.app().name(),
                desired.app().namespace(),
                desired.destination().host());
    }

    /** The host that represents “this app at this destination”: unique in the mesh, resolvable nowhere (RFC 2606). */
    static String syntheticHost(String app, String namespace, String host) {
        String owner = app + "." + namespace + ".";
        String full = owner + host + ".invalid";
        // A real host has two labels or more, so one label of digits cannot be one.
        return full.length() <= LONGEST_HOST ? full : owner + hash(host, 32) + ".invalid";
    }

    /** The app's namespace and the waypoint's; Istio's webhook refuses a namespace that is named twice. */
    List<String> exportTo() {
        String gateway = desired.gateway().namespace();
        return namespace().equals(gateway) ? List.of(".") : List.of(".", gateway);
    }

    private boolean besideApp() {
        return desired.gateway().placement() == Placement.TEAM_NAMESPACE;
    }

    private String besideApp(String stem, String ending) {
        return fitted(besideApp() ? stem : inGatewayNamespace(stem), slug(), ending);
    }

    private String inGatewayNamespace(String stem) {
        return desired.app().namespace() + "." + stem;
    }

    private String appAndSlug() {
        return desired.app().name() + (slug().contains("-") ? "." : "-") + slug();
    }

    private String slug() {
        return desired.destination().slug();
    }

    private static String fitted(String stem, String last, String ending) {
        if (stem.length() + ending.length() <= LONGEST_NAME
                && !LIKE_CUT.matcher(last).matches()) {
            return stem + ending;
        }
        String tail = "-" + hash(stem, HASH_DIGITS) + ending;
        String head = stem.substring(0, Math.min(stem.length(), LONGEST_NAME - tail.length()));
        return head.replaceAll("[-.]+$", "") + tail;
    }

    private static String hash(String text, int digits) {
        return Fingerprints.sha256(text).substring("sha256:".length(), "sha256:".length() + digits);
    }
}
