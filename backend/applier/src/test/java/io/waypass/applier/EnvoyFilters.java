package io.waypass.applier;

/** EnvoyFilters of a gateway, as JSON: the one that is in order, which tests spoil by replacing parts of it. */
public final class EnvoyFilters {

    public static final String REMOVE = "{\"remove\": \"%%source.principal%%\"}";
    public static final String TARGET =
            "\"targetRefs\": [{\"group\": \"gateway.networking.k8s.io\", \"kind\": \"Gateway\", \"name\": \"egress-waypoint\"}]";
    public static final String VALUE = "%FILTER_STATE(io.istio.peer_principal:PLAIN)%";
    public static final String CLEANED = "\"request_headers_to_remove\": [\"%%source.principal%%\"]";
    public static final String APPEND = """
            {"append": {"header": {"key": "%%source.principal%%", "value": "VALUE"}, "append_action": "OVERWRITE_IF_EXISTS_OR_ADD"}}""".replace("VALUE", VALUE);

    private EnvoyFilters() {}

    /** {@return an EnvoyFilter that is in order where patches of this context are applied} */
    public static String of(String context) {
        return """
                {"apiVersion": "networking.istio.io/v1alpha3", "kind": "EnvoyFilter",
                 "metadata": {"namespace": "istio-egress", "name": "principal"},
                 "spec": {TARGET, "configPatches": [
                   {"applyTo": "NETWORK_FILTER", "match": {"context": "CONTEXT", "listener": {"filterChain": {"filter": {
                       "name": "envoy.filters.network.http_connection_manager"}}}},
                    "patch": {"operation": "MERGE", "value": {"typed_config": {
                      "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
                      "early_header_mutation_extensions": [{"name": "src-principal-header-mutation", "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.http.early_header_mutation.header_mutation.v3.HeaderMutation",
                        "mutations": [REMOVE, APPEND]}}],
                      "route_config": {CLEANED}}}}}]}}
                """.replace("TARGET", TARGET)
                .replace("CONTEXT", context)
                .replace("REMOVE", REMOVE)
                .replace("APPEND", APPEND)
                .replace("CLEANED", CLEANED);
    }
}
