package io.waypass.chart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Harmless objects as large as their definitions, or etcd's limit of 1.5 MiB, allow. */
final class LargeObjects {

    private static final Map<String, Object> TLS = Map.of("mode", "SIMPLE", "credentialName", "own-client-certificate");
    private static final Map<String, Object> BACKEND = Map.of("name", "own", "port", 80);
    private static final Map<String, Object> MIRROR =
            Map.of("type", "RequestMirror", "requestMirror", Map.of("backendRef", BACKEND));

    private LargeObjects() {}

    static List<Attempt> all() {
        return List.of(
                serviceEntry(texts(256, "host-%d.of-a-partner-with-a-long-name.example.org")),
                serviceEntry(texts(256, "*-%d.of-a-partner-with-a-long-name.example.org")),
                serviceEntry(texts(256, "*.host-%d.of-a-partner-with-a-long-name.example.com")),
                attempt(
                        "networking.istio.io/v1",
                        "DestinationRule",
                        Map.of("host", "own.example.org", "subsets", many(2_000, subset()))),
                attempt(
                        "networking.istio.io/v1",
                        "VirtualService",
                        Map.of("hosts", List.of("own.example.org"), "http", many(4_000, rule()))),
                attempt("gateway.networking.k8s.io/v1", "HTTPRoute", route()));
    }

    static Attempt serviceEntry(List<String> hosts) {
        return attempt(
                "networking.istio.io/v1",
                "ServiceEntry",
                Map.of(
                        "hosts",
                        hosts,
                        "resolution",
                        "NONE",
                        "ports",
                        List.of(Map.of("number", 80, "name", "http", "protocol", "HTTP"))));
    }

    private static Map<String, Object> subset() {
        return Map.of(
                "name",
                "one",
                "labels",
                Map.of("a", "b"),
                "trafficPolicy",
                Map.of("tls", TLS, "portLevelSettings", many(3, Map.of("port", Map.of("number", 80), "tls", TLS))));
    }

    private static Map<String, Object> rule() {
        return Map.of("route", many(2, Map.of("destination", Map.of("host", "own.example.org"))));
    }

    private static Map<String, Object> route() {
        Map<String, Object> rule = Map.of(
                "backendRefs",
                many(16, Map.of("name", "own", "port", 80, "filters", many(16, MIRROR))),
                "filters",
                many(16, MIRROR));
        return Map.of(
                "parentRefs",
                IntStream.range(0, 32)
                        .mapToObj(number -> Map.of("name", "own-" + number))
                        .toList(),
                "rules",
                many(16, rule));
    }

    private static List<Map<String, Object>> many(int count, Map<String, Object> one) {
        return IntStream.range(0, count).mapToObj(_ -> one).toList();
    }

    private static List<String> texts(int count, String pattern) {
        return IntStream.range(0, count).mapToObj(pattern::formatted).toList();
    }

    private static Attempt attempt(String apiVersion, String kind, Map<String, Object> spec) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(apiVersion);
        object.setKind(kind);
        object.setMetadata(new ObjectMetaBuilder()
                .withName("large")
                .withNamespace("rivals")
                .build());
        object.setAdditionalProperty("spec", spec);
        return new Attempt("large", "tenant", List.of(), object);
    }
}
