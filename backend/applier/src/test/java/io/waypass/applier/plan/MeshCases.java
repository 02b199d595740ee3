package io.waypass.applier.plan;

import static io.waypass.applier.plan.ClusterChecksTests.of;
import static io.waypass.applier.plan.PlanScenario.ISTIOD;
import static io.waypass.applier.plan.PlanScenario.PERMITTED;

import io.waypass.applier.EnvoyFilters;
import io.waypass.applier.plan.ClusterChecksTests.Case;
import io.waypass.gateway.Placement;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck.Level;
import java.util.stream.Stream;

/** States of what the platform runs: istiod, and the gateway's EnvoyFilter. */
final class MeshCases {

    private MeshCases() {}

    static Stream<Case> all() {
        return Stream.of(
                // which istiod it is
                of(
                        "upstream runs where Solo is registered",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.FAILED,
                        "is registered as Solo's distribution of Istio, but the Deployment istio-system/istiod runs docker.io/istio/pilot:1.31.1,"
                                + " which is upstream Istio by its tag.",
                        s -> s.istiodImage("docker.io/istio/pilot:1.31.1")),
                of(
                        "upstream runs, and permits other namespaces as Solo's does",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.FAILED,
                        "in plaintext",
                        s -> s.istiodImage("istio/pilot:1.31.1-distroless")),
                of(
                        "Solo runs where upstream is registered",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.FAILED,
                        "registered as upstream Istio, but",
                        s -> s.placement = Placement.GATEWAY_NAMESPACE),
                of(
                        "upstream runs as registered",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.PASSED,
                        "istiod runs istio/pilot:1.31.1.",
                        s -> {
                            s.placement = Placement.GATEWAY_NAMESPACE;
                            s.istiodImage("istio/pilot:1.31.1");
                        }),
                of(
                        "Solo's FIPS image",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.PASSED,
                        "1.29.0-solo-fips",
                        s -> s.istiodImage("localhost:5000/pilot:1.29.0-solo-fips@sha256:00")),
                of(
                        "two istiods, one of them the other flavour",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.FAILED,
                        "istiod-canary runs pilot:1.31.1",
                        s -> s.cluster.put("helm", """
                                {"apiVersion": "apps/v1", "kind": "Deployment",
                                 "metadata": {"namespace": "istio-system", "name": "istiod-canary", "labels": {"app": "istiod"}},
                                 "spec": {"template": {"spec": {"containers": [{"name": "discovery", "image": "pilot:1.31.1"}]}}}}
                                """)),
                of(
                        "a tag that is no version",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.UNKNOWN,
                        "does not tell",
                        s -> s.istiodImage("registry.example/pilot:ours-solo")),
                of(
                        "an image by digest alone",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.UNKNOWN,
                        "does not tell",
                        s -> s.istiodImage("registry.example:5000/pilot@sha256:00")),
                of(
                        "no istiod whose image could be seen",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.UNKNOWN,
                        "There is no Deployment",
                        s -> s.cluster.delete(ISTIOD)),
                of(
                        "istiods unwatched",
                        CheckCode.ISTIOD_FLAVOUR,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("Deployment", "may not watch")),
                // what istiod permits
                of(
                        "istiod permits nothing",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.FAILED,
                        "does not permit",
                        s -> s.istiod("")),
                of(
                        "istiod permits others",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.FAILED,
                        "does not permit",
                        s -> s.istiod("istio-egress/other,other/egress-waypoint")),
                of(
                        "istiod permits with a blank",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.FAILED,
                        "does not permit",
                        s -> s.istiod("a/b, " + PERMITTED)),
                of(
                        "istiod permits among others",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.PASSED,
                        "permits",
                        s -> s.istiod("a/b," + PERMITTED + ",c/d")),
                of(
                        "istiod takes it from elsewhere",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.UNKNOWN,
                        "from somewhere else",
                        s -> s.istiodVariable("\"valueFrom\": {}")),
                of(
                        "no istiod",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.UNKNOWN,
                        "There is no Deployment",
                        s -> s.cluster.delete(ISTIOD)),
                of(
                        "istiod unwatched",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("Deployment", "may not watch")),
                of(
                        "istiod is not checked",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.UNKNOWN,
                        "does not watch Deployments",
                        s -> s.istioNamespace = ""),
                of(
                        "objects beside the gateway",
                        CheckCode.GATEWAY_CROSS_NAMESPACE,
                        Level.PASSED,
                        "no permission of istiod is needed",
                        s -> {
                            s.placement = Placement.GATEWAY_NAMESPACE;
                            s.istiod("");
                        }),
                // who tells the gateway who calls
                filter("no EnvoyFilter", Level.FAILED, "No EnvoyFilter writes the caller's principal", ""),
                filter(
                        "one about something else",
                        Level.FAILED,
                        "No EnvoyFilter",
                        EnvoyFilters.of("GATEWAY").replace("%%source.principal%%", "x-other")),
                filter(
                        "of another gateway",
                        Level.FAILED,
                        "is not attached",
                        EnvoyFilters.of("GATEWAY").replace("egress-waypoint", "other-waypoint")),
                filter(
                        "by a selector, which waypoints ignore",
                        Level.FAILED,
                        "a workloadSelector does nothing",
                        EnvoyFilters.of("GATEWAY")
                                .replace(
                                        EnvoyFilters.TARGET,
                                        "\"workloadSelector\": {\"labels\": {\"gateway.networking.k8s.io/gateway-name\": \"egress-waypoint\"}}")),
                filter(
                        "in the context of the other flavour",
                        Level.FAILED,
                        "in the context SIDECAR_INBOUND, where it does nothing here",
                        EnvoyFilters.of("SIDECAR_INBOUND")),
                filter("in every context", Level.PASSED, "EnvoyFilter istio-egress/principal", EnvoyFilters.of("ANY")),
                filter(
                        "without a context, which is every one",
                        Level.PASSED,
                        "EnvoyFilter istio-egress/principal",
                        EnvoyFilters.of("GATEWAY").replace("\"context\": \"GATEWAY\",", "")),
                filter(
                        "which does not write the header",
                        Level.FAILED,
                        "does not set the principal's header from the filter state",
                        EnvoyFilters.of("GATEWAY").replace(", " + EnvoyFilters.APPEND, "")),
                filter(
                        "which writes what the caller sent",
                        Level.FAILED,
                        "something else than the caller's principal",
                        EnvoyFilters.of("GATEWAY").replace(EnvoyFilters.VALUE, "%REQ(x-who)%")),
                filter(
                        "which does not remove first",
                        Level.FAILED,
                        "does not remove what the caller sent",
                        EnvoyFilters.of("GATEWAY").replace(EnvoyFilters.REMOVE + ", ", "")),
                filter(
                        "which removes last",
                        Level.FAILED,
                        "does not remove what the caller sent",
                        EnvoyFilters.of("GATEWAY")
                                .replace(
                                        EnvoyFilters.REMOVE + ", " + EnvoyFilters.APPEND,
                                        EnvoyFilters.APPEND + ", " + EnvoyFilters.REMOVE)),
                filter(
                        "which does not remove it before the partner",
                        Level.WARNING,
                        "SPIFFE id to the partner",
                        EnvoyFilters.of("GATEWAY").replace(EnvoyFilters.CLEANED, "")),
                filter(
                        "with names as protobuf's JSON has them",
                        Level.PASSED,
                        "EnvoyFilter istio-egress/principal",
                        EnvoyFilters.of("GATEWAY")
                                .replace("early_header_mutation_extensions", "earlyHeaderMutationExtensions")
                                .replace("request_headers_to_remove", "requestHeadersToRemove")),
                filter(
                        "of the class of all waypoints, in the root namespace",
                        Level.PASSED,
                        "EnvoyFilter istio-system/principal",
                        EnvoyFilters.of("GATEWAY")
                                .replace("istio-egress", "istio-system")
                                .replace("\"kind\": \"Gateway\"", "\"kind\": \"GatewayClass\"")
                                .replace("egress-waypoint", "istio-waypoint")),
                of(
                        "the filter of upstream Istio",
                        CheckCode.GATEWAY_PRINCIPAL_HEADER,
                        Level.PASSED,
                        "EnvoyFilter istio-egress/principal",
                        s -> {
                            s.placement = Placement.GATEWAY_NAMESPACE;
                            s.envoyFilter(EnvoyFilters.of("SIDECAR_INBOUND"));
                        }),
                of(
                        "Solo's filter at upstream Istio",
                        CheckCode.GATEWAY_PRINCIPAL_HEADER,
                        Level.FAILED,
                        "in the context GATEWAY, where it does nothing here",
                        s -> s.placement = Placement.GATEWAY_NAMESPACE),
                of(
                        "a second filter that forges the header",
                        CheckCode.GATEWAY_PRINCIPAL_HEADER,
                        Level.FAILED,
                        "EnvoyFilter istio-egress/second sets the principal's header to something else",
                        s -> s.envoyFilter(EnvoyFilters.of("GATEWAY")
                                .replace("\"principal\"", "\"second\"")
                                .replace(EnvoyFilters.VALUE, "spiffe://cluster.local/ns/a/sa/b"))),
                of(
                        "filters unwatched",
                        CheckCode.GATEWAY_PRINCIPAL_HEADER,
                        Level.UNKNOWN,
                        "may not watch",
                        s -> s.cluster.refuseWatching("EnvoyFilter", "may not watch")));
    }

    /** The gateway has this EnvoyFilter instead of the one that is in order, or none. */
    private static Case filter(String name, Level level, String says, String json) {
        return of(name, CheckCode.GATEWAY_PRINCIPAL_HEADER, level, says, s -> {
            s.cluster.delete(PlanScenario.ENVOY_FILTER);
            if (!json.isEmpty()) {
                s.envoyFilter(json);
            }
        });
    }
}
