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

    private static final Map<String, String> PLURALS = Map.ofEntries(
            Map.entry("Namespace", "namespaces"),
            Map.entry("Secret", "secrets"),
            Map.entry("ServiceAccount", "serviceaccounts"),
            Map.entry("Deployment", "deployments"),
            Map.entry("Gateway", "gateways"),
            Map.entry("HTTPRoute", "httproutes"),
            Map.entry("ServiceEntry", "serviceentries"),
            Map.entry("DestinationRule", "destinationrules"),
            Map.entry("AuthorizationPolicy", "authorizationpolicies"),
            Map.entry("Role", "roles"),
            Map.entry("RoleBinding", "rolebindings"));

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

    /** {@return where it is, below the API server's address} */
    String path() {
        return (group().isEmpty() ? "/api/" : "/apis/" + group() + "/") + version()
                + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + plural() + "/" + name;
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
