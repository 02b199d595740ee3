package io.waypass.applier;

/** The definition of XBackend with what Waypass reads of it, which the control plane of tests lacks. */
public final class Backends {

    public static final String DEFINITION = """
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
             "metadata": {"name": "xbackends.gateway.networking.x-k8s.io",
               "annotations": {"api-approved.kubernetes.io": "unapproved, for a test"}},
             "spec": {"group": "gateway.networking.x-k8s.io", "scope": "Namespaced",
               "names": {"kind": "XBackend", "listKind": "XBackendList", "plural": "xbackends", "singular": "xbackend"},
               "versions": [{"name": "v1alpha1", "served": true, "storage": true,
                 "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}
            """;

    private Backends() {}

    /** {@return an XBackend that claims a host} */
    public static String claiming(String host) {
        return """
                {"apiVersion": "gateway.networking.x-k8s.io/v1alpha1", "kind": "XBackend",
                 "metadata": {"namespace": "default", "name": "rival"},
                 "spec": {"type": "ExternalHostname", "externalHostname": {"hostname": "%s"}, "port": {"number": 443}}}
                """.formatted(host);
    }
}
