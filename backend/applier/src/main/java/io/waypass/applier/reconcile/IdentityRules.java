package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.app.App;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.certificate.CertificateFacts;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.DesiredState;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Identities: an app with a service account, a route, a waypoint that calls come to, and a certificate. A status that nobody wrote is
 * unknown: a True from istiod is not yet proof that calls carry the certificate, and its silence is proof of nothing.
 */
final class IdentityRules implements ResourceRules {

    private static final String CONTROLLER = "istio.io/gateway-controller";

    private final DesiredState.OfIdentity identity;

    IdentityRules(DesiredState.OfIdentity identity) {
        this.identity = identity;
    }

    @Override
    public Optional<String> namespace() {
        return Optional.of(identity.spec().app().namespace());
    }

    @Override
    public Optional<String> missing(ClusterObjects cluster) {
        App app = identity.spec().app();
        return cluster.get(ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, app.namespace(), app.serviceAccount()))
                        .isPresent()
                ? Optional.empty()
                : Optional.of(
                        "The service account " + app.serviceAccount() + " is no longer in " + app.namespace() + ".");
    }

    @Override
    public List<ObservedCondition> conditions(List<ObjectComparison> found, LiveStateReader live, Instant now) {
        Optional<LiveRead> route = found.stream()
                .filter(each -> each.manifest().kind().equals(ObjectKind.HTTP_ROUTE.kind()))
                .map(ObjectComparison::read)
                .findFirst();
        return List.of(
                route(route, "Accepted", Type.ROUTE_ACCEPTED),
                route(route, "ResolvedRefs", Type.ROUTE_RESOLVED),
                bound(live.at(sharedEntry())),
                validity(certificate(), now));
    }

    @Override
    public Optional<Duration> untilNextChange(Instant now) {
        return untilNextChange(certificate(), now);
    }

    /** Of the certificate that the app presents; a retirement has none. */
    private CertificateFacts certificate() {
        return identity.credential().orElseThrow().certificate().facts();
    }

    /** Where the shared ServiceEntry is, whose status says whether calls come to the waypoint at all. */
    private ObjectKey sharedEntry() {
        return ObjectKey.of(
                ObjectKind.SERVICE_ENTRY,
                identity.spec().gateway().namespace(),
                identity.spec().destination().sharedServiceEntry());
    }

    static Optional<Duration> untilNextChange(CertificateFacts certificate, Instant now) {
        return Stream.of(certificate.notBefore(), certificate.notAfter())
                .map(turn -> Duration.between(now, turn.plusSeconds(1)))
                .filter(Duration::isPositive)
                .min(Duration::compareTo);
    }

    private static ObservedCondition route(Optional<LiveRead> read, String condition, Type type) {
        Optional<String> refusal = read.flatMap(LiveRead::refusal);
        if (refusal.isPresent()) {
            return new ObservedCondition(type, Status.UNKNOWN, "NotReadable", refusal.get());
        }
        Optional<LiveObject> route = read.flatMap(LiveRead::object);
        if (route.isEmpty()) {
            return new ObservedCondition(type, Status.UNKNOWN, "NoRoute", "The HTTPRoute is not in the cluster.");
        }
        Optional<JsonNode> reported = StreamSupport.stream(
                        route.get().at("/status/parents").spliterator(), false)
                .filter(parent -> parent.path("controllerName").asText().equals(CONTROLLER))
                .flatMap(
                        parent -> StreamSupport.stream(parent.path("conditions").spliterator(), false))
                .filter(each -> each.path("type").asText().equals(condition))
                .findFirst();
        long generation = route.get().at("/metadata/generation").asLong();
        // what was said of an earlier version is not said of this one (Gateway API, observedGeneration)
        return reported(
                type,
                reported.filter(each -> each.path("observedGeneration").asLong(generation) >= generation),
                reported.isEmpty()
                        ? "The mesh has not reported on the HTTPRoute yet."
                        : "The mesh has reported on an earlier version of the HTTPRoute, not yet on the present one.");
    }

    private static ObservedCondition bound(LiveRead seen) {
        return seen.object()
                .map(IdentityRules::bound)
                .or(() -> seen.refusal()
                        .map(words -> new ObservedCondition(Type.WAYPOINT_BOUND, Status.UNKNOWN, "NotReadable", words)))
                .orElseGet(IdentityRules::unbound);
    }

    /** {@return the condition of all whose shared ServiceEntry is not there} */
    static ObservedCondition unbound() {
        return new ObservedCondition(
                Type.WAYPOINT_BOUND, Status.FALSE, "NoServiceEntry", "The shared ServiceEntry is not in the cluster.");
    }

    /**
     * What a shared ServiceEntry says of the waypoint.
     *
     * @param entry as it is
     * @return the condition of all who go through it
     */
    static ObservedCondition bound(LiveObject entry) {
        Optional<JsonNode> reported = StreamSupport.stream(
                        entry.at("/status/conditions").spliterator(), false)
                .filter(each -> each.path("type").asText().equals("istio.io/WaypointBound"))
                .findFirst();
        return reported(
                Type.WAYPOINT_BOUND,
                reported,
                "The mesh has not reported on the ServiceEntry " + entry.name() + " yet.");
    }

    private static ObservedCondition reported(Type type, Optional<JsonNode> reported, String silence) {
        if (reported.isEmpty()) {
            return new ObservedCondition(type, Status.UNKNOWN, "NotReported", silence);
        }
        JsonNode condition = reported.get();
        Status status = switch (condition.path("status").asText()) {
            case "True" -> Status.TRUE;
            case "False" -> Status.FALSE;
            default -> Status.UNKNOWN;
        };
        return new ObservedCondition(
                type,
                status,
                condition.path("reason").asText("NoReason"),
                condition.path("message").asText());
    }

    static ObservedCondition validity(CertificateFacts facts, Instant now) {
        boolean valid = !now.isAfter(facts.notAfter()) && !now.isBefore(facts.notBefore());
        return new ObservedCondition(
                Type.CERTIFICATE_VALID,
                valid ? Status.TRUE : Status.FALSE,
                valid ? "Valid" : "OutOfTime",
                valid
                        ? "Valid until " + facts.notAfter() + "."
                        : "Valid from " + facts.notBefore() + " to " + facts.notAfter() + ", not now.");
    }
}
