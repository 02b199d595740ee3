package io.waypass.applier.mesh;

import io.waypass.applier.inventory.Fact;
import io.waypass.applier.inventory.IstiodSighting;
import io.waypass.applier.inventory.ReliedFacts;
import io.waypass.gateway.Gateway;
import io.waypass.identity.IdentitySpec;
import io.waypass.plan.PlanCheck;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.Readiness;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Evaluates the conditions of an applied identity that the mesh decides, from facts alone: they change without any change
 * of the identity's own objects.
 */
final class MeshConditions {

    private MeshConditions() {}

    /** Evaluates all of them. @param facts of this identity; its own objects do not count */
    static List<ObservedCondition> of(IdentitySpec spec, ReliedFacts facts, IstiodSighting istiod) {
        return List.of(
                reporting(istiod),
                flavour(spec, facts),
                gateway(spec.gateway(), facts, istiod),
                ofChecks(
                        Type.PRINCIPAL_HEADER,
                        "NotWritten",
                        MeshChecks.principalHeader(spec.cluster(), spec.gateway(), facts)),
                ofChecks(
                        Type.HOST_UNIQUE,
                        "ClaimedElsewhere",
                        MeshChecks.host(spec.gateway(), spec.destination(), facts),
                        MeshChecks.syntheticHost(spec, facts)),
                ofChecks(Type.ROUTE_UNSHADOWED, "Shadowed", MeshChecks.routes(spec, facts)),
                ofChecks(Type.CREDENTIAL_UNSHARED, "NamedElsewhere", MeshChecks.credential(spec, facts)));
    }

    /** Never False: calls do not need istiod, only what is known of them does. */
    private static ObservedCondition reporting(IstiodSighting istiod) {
        return switch (istiod) {
            case IstiodSighting.AtWork _ ->
                new ObservedCondition(
                        Type.MESH_REPORTING,
                        Status.TRUE,
                        "IstiodSeen",
                        "istiod is at work; what it reports is current.");
            case IstiodSighting.Gone gone ->
                unknown(
                        Type.MESH_REPORTING,
                        Readiness.NOT_SEEN,
                        "istiod has not renewed its leader election since "
                                + gone.since().truncatedTo(ChronoUnit.SECONDS)
                                + ". What it reported before is old, and changes do not reach the gateway.");
            case IstiodSighting.Unavailable _ ->
                unknown(
                        Type.MESH_REPORTING,
                        Readiness.NOT_SEEN,
                        "No pod of istiod is available. What it reported before is old, and changes do not reach the gateway.");
            case IstiodSighting.None _ ->
                unknown(
                        Type.MESH_REPORTING,
                        Readiness.NO_ISTIOD,
                        "No istiod was seen in this cluster, neither its Deployment nor its leader election, so that nobody reports"
                                + " whether calls get through.");
            case IstiodSighting.Unwatched unwatched ->
                unknown(
                        Type.MESH_REPORTING,
                        "NotWatched",
                        "Whether istiod is at work cannot be seen. " + unwatched.reason());
        };
    }

    /** Of the right distribution, and permitted what the placement needs: without that no certificate is presented. */
    private static ObservedCondition flavour(IdentitySpec spec, ReliedFacts facts) {
        PlanCheck flavour = MeshChecks.flavour(spec.cluster(), facts);
        return ofChecks(
                Type.FLAVOUR_MATCHES,
                flavour.level() == PlanCheck.Level.FAILED ? "OtherFlavour" : "NotPermitted",
                flavour,
                MeshChecks.crossNamespace(spec.gateway(), facts));
    }

    private static ObservedCondition gateway(Gateway gateway, ReliedFacts facts, IstiodSighting istiod) {
        String name = gateway.namespace() + "/" + gateway.name();
        String gatewayFact = Fact.gateway(gateway.namespace(), gateway.name());
        String waypointFact = Fact.waypoint(gateway.namespace(), gateway.name());
        SortedMap<String, String> gateways = facts.of(gatewayFact);
        SortedMap<String, String> waypoints = facts.of(waypointFact);
        Optional<String> unwatched = facts.unwatched(gatewayFact).or(() -> facts.unwatched(waypointFact));
        if (unwatched.isPresent()) {
            return unknown(
                    Type.GATEWAY_READY,
                    "NotWatched",
                    "The state of the gateway " + name + " cannot be seen. " + unwatched.get());
        }
        if (gateways.isEmpty()) {
            return bad("NoGateway", "There is no Gateway " + name + ".");
        }
        boolean seen = istiod instanceof IstiodSighting.AtWork;
        if (waypoints.isEmpty()) {
            String none = "There is no Deployment of the waypoint " + name + ".";
            return seen ? bad("NoWaypoint", none) : unknown(Type.GATEWAY_READY, "NoWaypoint", none);
        }
        if (!waypoints.containsValue(Fact.AVAILABLE)) {
            return waypoints.containsValue(Fact.UNAVAILABLE)
                    ? bad(
                            "WaypointUnavailable",
                            "No pod of the waypoint " + name + " is available, so that no call gets through it.")
                    : unknown(
                            Type.GATEWAY_READY,
                            Fact.NOT_REPORTED.equals(waypoints.firstEntry().getValue()) ? "NotReported" : "NotKnown",
                            "Nobody has reported whether a pod of the waypoint " + name + " is available.");
        }
        if (istiod instanceof IstiodSighting.Gone || istiod instanceof IstiodSighting.Unavailable) {
            return unknown(
                    Type.GATEWAY_READY,
                    "Old",
                    "A pod of the waypoint " + name
                            + " is available. Whether the gateway is programmed was reported before istiod went.");
        }
        return switch (gateways.firstEntry().getValue()) {
            case "True" ->
                new ObservedCondition(
                        Type.GATEWAY_READY,
                        Status.TRUE,
                        "Programmed",
                        "The gateway " + name + " is programmed, and a pod of its waypoint is available.");
            case "False" ->
                // after pods were away and came back, istiod leaves it at False until another change (measured)
                unknown(
                        Type.GATEWAY_READY,
                        "ReportedNotProgrammed",
                        "The mesh reports that the gateway " + name
                                + " is not programmed, although a pod of its waypoint is available. istiod leaves it so after all pods were"
                                + " away, until another change of the Gateway; then calls get through all the same.");
            default ->
                unknown(
                        Type.GATEWAY_READY,
                        "NotReported",
                        "Nobody has reported whether the gateway " + name + " is programmed.");
        };
    }

    private static ObservedCondition bad(String reason, String message) {
        return new ObservedCondition(Type.GATEWAY_READY, Status.FALSE, reason, message);
    }

    private static ObservedCondition unknown(Type type, String reason, String message) {
        return new ObservedCondition(type, Status.UNKNOWN, reason, message);
    }

    /** The worst of some checks. @param bad reason if one failed */
    private static ObservedCondition ofChecks(Type type, String bad, PlanCheck... checks) {
        PlanCheck worst = Stream.of(PlanCheck.Level.FAILED, PlanCheck.Level.UNKNOWN, PlanCheck.Level.WARNING)
                .flatMap(level -> Stream.of(checks).filter(check -> check.level() == level))
                .findFirst()
                .orElse(checks[0]);
        return switch (worst.level()) {
            case PASSED -> new ObservedCondition(type, Status.TRUE, "Holds", worst.message());
            case WARNING -> new ObservedCondition(type, Status.TRUE, "WithWarning", worst.message());
            case FAILED -> new ObservedCondition(type, Status.FALSE, bad, worst.message());
            case UNKNOWN -> unknown(type, "NotKnown", worst.message());
        };
    }
}
