package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.certificate.CertificateFacts;
import io.waypass.identity.IdentitySpec;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation;
import io.waypass.resource.Observation.ObservedCondition;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ObservedObject.State;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Works out an identity's conditions from what is in the cluster. A status that nobody wrote is unknown: a True from istiod is not yet proof that
 * calls carry the certificate, and its silence is proof of nothing.
 */
public final class ConditionEvaluator {

    private static final String CONTROLLER = "istio.io/gateway-controller";

    /** Why an identity is not in sync, where more is known than that it is not. */
    record OutOfSync(String reason, String message) {}

    private final Clock clock;

    ConditionEvaluator(Clock clock) {
        this.clock = clock;
    }

    /** Where the shared ServiceEntry is, whose status says whether calls come to the waypoint at all. */
    static ObjectKey sharedEntry(IdentitySpec desired) {
        return ObjectKey.of(
                ObjectKind.SERVICE_ENTRY,
                desired.gateway().namespace(),
                desired.destination().sharedServiceEntry());
    }

    /**
     * What was found of an identity that is there.
     *
     * @param found its objects
     * @param shared the shared ServiceEntry
     * @param certificate of what it shall present
     * @param known why it is not in sync, if that is known
     * @param ownership whether what was found is ours at all; of a stranger no uid is kept, since by that we know our own
     */
    Observation observe(
            List<ObjectComparison> found,
            LiveRead shared,
            CertificateFacts certificate,
            Optional<OutOfSync> known,
            Ownership ownership) {
        List<ObservedObject> objects = objects(found, ownership);
        Optional<LiveRead> route = found.stream()
                .filter(each -> each.manifest().kind().equals(ObjectKind.HTTP_ROUTE.kind()))
                .map(ObjectComparison::read)
                .findFirst();
        List<ObservedCondition> conditions = new ArrayList<>();
        conditions.add(applied(objects));
        conditions.add(inSync(objects, known));
        conditions.add(route(route, "Accepted", Type.ROUTE_ACCEPTED));
        conditions.add(route(route, "ResolvedRefs", Type.ROUTE_RESOLVED));
        conditions.add(bound(shared));
        conditions.add(certificate(certificate));
        return new Observation(conditions, objects);
    }

    /** What stays of an identity that is not there any more: nothing but what others share. */
    Observation gone(List<ObjectComparison> shared, Ownership ownership) {
        return new Observation(List.of(), objects(shared, ownership));
    }

    /** How long until a condition changes by the time alone, which no watch tells; empty if none does. */
    Optional<Duration> untilNextChange(CertificateFacts certificate) {
        Instant now = clock.instant();
        return Stream.of(certificate.notBefore(), certificate.notAfter())
                .map(turn -> Duration.between(now, turn.plusSeconds(1)))
                .filter(Duration::isPositive)
                .min(Duration::compareTo);
    }

    private List<ObservedObject> objects(List<ObjectComparison> found, Ownership ownership) {
        return found.stream().map(each -> observed(each, ownership.owns(each))).toList();
    }

    private ObservedObject observed(ObjectComparison found, boolean ours) {
        State state = found.read().refusal().isPresent()
                ? State.UNKNOWN
                : found.live().isEmpty() ? State.MISSING : found.asApproved() ? State.AS_APPROVED : State.DIFFERS;
        return new ObservedObject(
                found.manifest().apiVersion(),
                found.manifest().kind(),
                found.manifest().namespace(),
                found.manifest().name(),
                state,
                found.live().filter(_ -> ours).map(LiveObject::uid),
                found.live().map(LiveObject::resourceVersion),
                clock.instant(),
                found.live().flatMap(LiveObject::fingerprints));
    }

    private static ObservedCondition applied(List<ObservedObject> objects) {
        long there = objects.stream()
                .filter(object -> object.state() == State.AS_APPROVED || object.state() == State.DIFFERS)
                .count();
        boolean unknown = objects.stream().anyMatch(object -> object.state() == State.UNKNOWN);
        return there == objects.size()
                ? new ObservedCondition(
                        Type.APPLIED, Status.TRUE, "ReadBack", "All " + objects.size() + " objects are written.")
                : new ObservedCondition(
                        Type.APPLIED,
                        unknown ? Status.UNKNOWN : Status.FALSE,
                        unknown ? "NotReadable" : "Incomplete",
                        there + " of " + objects.size() + " objects were seen in the cluster.");
    }

    private static ObservedCondition inSync(List<ObservedObject> objects, Optional<OutOfSync> known) {
        List<String> off = objects.stream()
                .filter(object -> object.state() != State.AS_APPROVED)
                .map(object -> object.kind() + " " + object.name() + " "
                        + object.state().value())
                .toList();
        if (known.isPresent()) {
            return new ObservedCondition(
                    Type.IN_SYNC,
                    Status.FALSE,
                    known.get().reason(),
                    known.get().message());
        }
        boolean unknown = objects.stream().anyMatch(object -> object.state() == State.UNKNOWN);
        return off.isEmpty()
                ? new ObservedCondition(
                        Type.IN_SYNC, Status.TRUE, "AsApproved", "The cluster holds what was approved, field by field.")
                : new ObservedCondition(
                        Type.IN_SYNC,
                        unknown ? Status.UNKNOWN : Status.FALSE,
                        unknown ? "NotReadable" : "Differs",
                        String.join("; ", off) + ".");
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
                .map(ConditionEvaluator::bound)
                .or(() -> seen.refusal()
                        .map(words -> new ObservedCondition(Type.WAYPOINT_BOUND, Status.UNKNOWN, "NotReadable", words)))
                .orElseGet(ConditionEvaluator::unbound);
    }

    /** {@return the condition of all whose shared ServiceEntry is not there} */
    public static ObservedCondition unbound() {
        return new ObservedCondition(
                Type.WAYPOINT_BOUND, Status.FALSE, "NoServiceEntry", "The shared ServiceEntry is not in the cluster.");
    }

    /**
     * What a shared ServiceEntry says of the waypoint.
     *
     * @param entry as it is
     * @return the condition of all who go through it
     */
    public static ObservedCondition bound(LiveObject entry) {
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

    private ObservedCondition certificate(CertificateFacts facts) {
        Instant now = clock.instant();
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
