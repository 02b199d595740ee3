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
 * Rules of identities: an app with a service account, a route, a bound waypoint and a certificate. A status that nobody reports is
 * unknown. A True from istiod is no proof that calls carry the certificate, and its silence proves nothing.
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
                WaypointBinding.read(
                        live, identity.spec().gateway(), identity.spec().destination()),
                validity(certificate(), now));
    }

    @Override
    public Optional<Duration> untilNextChange(Instant now) {
        return untilNextChange(certificate(), now);
    }

    /** Facts of the certificate that the app presents; a retirement has none. */
    private CertificateFacts certificate() {
        return identity.credential().orElseThrow().certificate().facts();
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
        return MeshReport.condition(
                type,
                reported.filter(each -> each.path("observedGeneration").asLong(generation) >= generation),
                reported.isEmpty()
                        ? "The mesh has not reported on the HTTPRoute yet."
                        : "The mesh has reported on an earlier version of the HTTPRoute, not yet on the present one.");
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
