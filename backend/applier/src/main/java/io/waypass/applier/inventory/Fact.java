package io.waypass.applier.inventory;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

/**
 * Names of facts, and the statements that each object makes about them. A plan relies on facts, such as “who claims
 * this host”. A fact is as small as possible, so that a change in the cluster affects only the plans that it concerns.
 */
public final class Fact {

    /**
     * istiod's variable that lets a waypoint use secrets and routes of other namespaces; istiod does not trim its
     * entries (measured).
     */
    static final String PERMIT = "PERMIT_CROSS_NAMESPACE_RESOURCE_ACCESS";

    /** Statement of an object that says only that it exists. */
    public static final String THERE = "there";

    /** Statement of a namespace in the ambient mesh. */
    public static final String AMBIENT = "ambient";

    /** The header into which a gateway's EnvoyFilter writes the caller's principal, and on which routes match. */
    static final String PRINCIPAL_HEADER = "%%source.principal%%";

    /** Label of a waypoint's Deployment, which istiod sets: the name of its Gateway. */
    static final String GATEWAY_LABEL = "gateway.networking.k8s.io/gateway-name";

    /** What istiod's Deployments are called among the kinds that are watched. */
    static final String ISTIOD_DEPLOYMENTS = "Deployment";

    /** What the Deployments of waypoints are called among the kinds that are watched. */
    static final String WAYPOINT_DEPLOYMENTS = "waypoint Deployment";

    /** Statement of a Deployment with an available pod. */
    public static final String AVAILABLE = "available";

    /** Statement of a Deployment without an available pod. */
    public static final String UNAVAILABLE = "unavailable";

    /** Statement about which nobody has reported. */
    public static final String NOT_REPORTED = "not reported";

    private static final Pattern SCHEME = Pattern.compile("^kubernetes(-gateway)?://");

    private Fact() {}

    /** {@return name of the fact that a namespace exists, and whether it is ambient} */
    public static String namespace(String name) {
        return "Namespace/" + name;
    }

    /** {@return name of the fact that a service account exists} */
    public static String serviceAccount(String namespace, String name) {
        return "ServiceAccount/" + namespace + "/" + name;
    }

    /** {@return name of the fact that a Gateway is programmed} */
    public static String gateway(String namespace, String name) {
        return "Gateway/" + namespace + "/" + name;
    }

    /** {@return name of the fact that a ServiceEntry is bound} */
    public static String serviceEntry(String namespace, String name) {
        return "ServiceEntry/" + namespace + "/" + name;
    }

    /** {@return name of the fact who claims a host} @param host exactly */
    public static String host(String host) {
        return "host/" + host;
    }

    /**
     * {@return name of the fact which HTTPRoutes on a ServiceEntry take a principal's calls} @param entry
     * namespace/name @param principal SPIFFE id
     */
    public static String routes(String entry, String principal) {
        return "routes/" + entry + "#" + principal;
    }

    /**
     * {@return name of the fact which HTTPRoutes on a ServiceEntry take calls of every principal} @param entry
     * namespace/name
     */
    public static String routesForAnybody(String entry) {
        return "routes/" + entry + "#";
    }

    /** {@return name of the fact which DestinationRules name a host} @param host exactly */
    public static String rules(String host) {
        return "rules/" + host;
    }

    /**
     * {@return name of the fact which hosts with an asterisk a namespace's DestinationRules are for} A rule in the proxy's own namespace
     * hides those of all others
     */
    public static String wildcardRules(String namespace) {
        return "wildcard-rules/" + namespace;
    }

    /**
     * {@return name of the fact which DestinationRules present a Secret} istiod takes a scheme in front of the name, and ignores what
     * follows a second slash (read in istiod 1.31's {@code credentials.ParseResourceName}).
     *
     * @param credential as a DestinationRule names it
     */
    public static String credential(String credential) {
        String[] parts = SCHEME.matcher(credential).replaceFirst("").split("/", 3);
        return "credential/" + (parts.length > 1 ? parts[0] + "/" + parts[1] : parts[0]);
    }

    /** {@return name of the fact what istiod permits across namespaces} */
    public static String istiod() {
        return "istiod";
    }

    /** {@return name of the fact of which distribution each istiod is: see {@link IstiodImage#flavour}} */
    public static String istiodFlavour() {
        return "istiod/flavour";
    }

    /** {@return name of the fact which image each istiod runs; for messages, no plan relies on it} */
    public static String istiodImage() {
        return "istiod/image";
    }

    /**
     * {@return name of the fact how a namespace's EnvoyFilters treat the header with the caller's principal} The
     * statements are those of {@link PrincipalHeaderFilter}
     */
    public static String principalHeader(String namespace) {
        return "principal-header/" + namespace;
    }

    /** {@return name of the fact whether each istiod has an available pod} */
    public static String istiodAvailable() {
        return "istiod/available";
    }

    /** {@return name of the fact whether the Deployment of a gateway's waypoint has an available pod} */
    public static String waypoint(String namespace, String gateway) {
        return "waypoint/" + namespace + "/" + gateway;
    }

    /** {@return name of the fact that an object of a plan is unchanged} */
    public static String object(ObjectKey key) {
        return "object/" + key.kind() + "/" + key.namespace() + "/" + key.name();
    }

    /** {@return the kind of the objects that make statements about a fact} */
    static String kind(String fact) {
        String first = fact.substring(0, fact.indexOf('/') < 0 ? fact.length() : fact.indexOf('/'));
        return switch (first) {
            case "host" -> "ServiceEntry";
            case "routes" -> "HTTPRoute";
            case "rules", "wildcard-rules", "credential" -> "DestinationRule";
            case "principal-header" -> "EnvoyFilter";
            case "istiod" -> ISTIOD_DEPLOYMENTS;
            case "waypoint" -> WAYPOINT_DEPLOYMENTS;
            case "object" -> fact.split("/")[1];
            default -> first;
        };
    }

    /**
     * Extracts an object's statements.
     *
     * @param object of a kind that is watched
     * @return statement by fact
     */
    static Map<String, String> of(LiveObject object) {
        Map<String, String> said = new LinkedHashMap<>();
        String at = object.namespace() + "/" + object.name();
        switch (object.kind()) {
            case "Namespace" ->
                said.put(
                        namespace(object.name()),
                        object.at("/metadata/labels/istio.io~1dataplane-mode")
                                        .asText()
                                        .equals("ambient")
                                ? AMBIENT
                                : THERE);
            case "ServiceAccount" -> said.put(serviceAccount(object.namespace(), object.name()), THERE);
            case "Gateway" -> said.put(gateway(object.namespace(), object.name()), object.condition("Programmed"));
            case "ServiceEntry" -> {
                StringBuilder hosts = new StringBuilder();
                for (JsonNode host : object.at("/spec/hosts")) {
                    said.put(host(host.asText()), THERE);
                    hosts.append(' ').append(host.asText());
                }
                said.put(
                        serviceEntry(object.namespace(), object.name()),
                        object.condition("istio.io/WaypointBound") + hosts);
            }
            case "XBackend" ->
                said.put(host(object.at("/spec/externalHostname/hostname").asText()), THERE);
            case "HTTPRoute" -> routes(object, said);
            case "DestinationRule" -> {
                String host = object.at("/spec/host").asText();
                said.put(rules(host), THERE);
                if (host.startsWith("*")) {
                    said.put(wildcardRules(object.namespace()), host);
                }
                credentials(object.at("/spec/trafficPolicy"), said);
                object.at("/spec/subsets").forEach(subset -> credentials(subset.path("trafficPolicy"), said));
            }
            case "EnvoyFilter" ->
                PrincipalHeaderFilter.of(object)
                        .ifPresent(filter -> said.put(principalHeader(object.namespace()), filter.statement()));
            case "Deployment" -> {
                IstiodImage image = IstiodImage.of(object);
                said.put(istiod(), permit(object));
                said.put(istiodFlavour(), image.flavour());
                said.put(istiodImage(), image.reference());
                said.put(istiodAvailable(), availability(object));
            }
            default -> throw new IllegalStateException("the inventory has nothing to do with " + object.kind());
        }
        if (!object.namespace().isEmpty() && !object.kind().equals("Deployment")) {
            said.put(
                    "object/" + object.kind() + "/" + at,
                    object.uid() + " generation "
                            + object.at("/metadata/generation").asText());
        }
        return said;
    }

    /** Extracts what a waypoint's Deployment says; it is a Deployment like istiod's, and says something else. */
    static Map<String, String> ofWaypoint(LiveObject deployment) {
        String gateway = deployment
                .at("/metadata/labels/" + GATEWAY_LABEL.replace("/", "~1"))
                .asText();
        return Map.of(waypoint(deployment.namespace(), gateway), availability(deployment));
    }

    /** A Deployment's own Available condition is False as soon as a few of its pods are not. */
    private static String availability(LiveObject deployment) {
        return deployment.at("/status/availableReplicas").asInt() > 0
                ? AVAILABLE
                : deployment.at("/status/observedGeneration").isMissingNode() ? NOT_REPORTED : UNAVAILABLE;
    }

    private static void routes(LiveObject route, Map<String, String> said) {
        for (JsonNode parent : route.at("/spec/parentRefs")) {
            if (!parent.path("kind").asText().equals("ServiceEntry")) {
                continue;
            }
            String entry = parent.path("namespace").asText(route.namespace()) + "/"
                    + parent.path("name").asText();
            for (JsonNode rule : route.at("/spec/rules")) {
                if (rule.path("matches").isEmpty()) {
                    said.put(routesForAnybody(entry), THERE);
                }
                for (JsonNode match : rule.path("matches")) {
                    said.put(
                            StreamSupport.stream(match.path("headers").spliterator(), false)
                                    .filter(header ->
                                            header.path("name").asText().equalsIgnoreCase(PRINCIPAL_HEADER)
                                                    && header.path("type")
                                                            .asText("Exact")
                                                            .equals("Exact"))
                                    .findFirst()
                                    .map(header ->
                                            routes(entry, header.path("value").asText()))
                                    .orElse(routesForAnybody(entry)),
                            THERE);
                }
            }
            if (route.at("/spec/rules").isEmpty()) {
                said.put(routesForAnybody(entry), THERE);
            }
        }
    }

    private static void credentials(JsonNode policy, Map<String, String> said) {
        String name = policy.path("tls").path("credentialName").asText();
        if (!name.isEmpty()) {
            said.put(credential(name), THERE);
        }
        policy.path("portLevelSettings").forEach(port -> credentials(port, said));
    }

    private static String permit(LiveObject deployment) {
        for (JsonNode container : deployment.at("/spec/template/spec/containers")) {
            for (JsonNode variable : container.path("env")) {
                if (variable.path("name").asText().equals(PERMIT)) {
                    return variable.has("valueFrom")
                            ? "unseen"
                            : "permits " + variable.path("value").asText();
                }
            }
        }
        return "permits ";
    }
}
