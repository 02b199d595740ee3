package io.waypass.applier.cluster;

import java.util.Map;

/**
 * Where an object is.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param namespace empty for what lives in none
 * @param name its name
 */
public record ObjectKey(String apiVersion, String kind, String namespace, String name) {

    private static final Map<String, String> PLURALS = Map.of(
            "Namespace", "namespaces",
            "Secret", "secrets",
            "ServiceAccount", "serviceaccounts",
            "Deployment", "deployments",
            "Gateway", "gateways",
            "HTTPRoute", "httproutes",
            "ServiceEntry", "serviceentries",
            "DestinationRule", "destinationrules",
            "AuthorizationPolicy", "authorizationpolicies");

    /** {@return the kind's name in addresses; the applier deals with these kinds alone} */
    String plural() {
        String plural = PLURALS.get(kind);
        if (plural == null) {
            throw new IllegalStateException("the applier has nothing to do with " + kind);
        }
        return plural;
    }

    String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    String version() {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
