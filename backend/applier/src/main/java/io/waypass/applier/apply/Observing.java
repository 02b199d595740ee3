package io.waypass.applier.apply;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.certificate.CertificateFacts;
import io.waypass.identity.Condition.Status;
import io.waypass.identity.Condition.Type;
import io.waypass.identity.Observation;
import io.waypass.identity.Observation.ObservedCondition;
import io.waypass.identity.ObservedObject;
import io.waypass.identity.ObservedObject.State;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectDiff;
import io.waypass.request.RequestWork.ApplyJob;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;

/**
 * Says what is in the cluster, as it is. A status that nobody wrote is unknown: a True from istiod is not yet proof that
 * calls carry the certificate, and its silence is proof of nothing.
 */
public final class Observing {

    private static final String CONTROLLER = "istio.io/gateway-controller";

    private final ClusterObjects cluster;
    private final Clock clock;

    /**
     * Makes it.
     *
     * @param cluster the API server
     * @param clock tells when
     */
    public Observing(ClusterObjects cluster, Clock clock) {
        this.cluster = cluster;
        this.clock = clock;
    }

    private record Seen(Optional<LiveObject> object, Optional<String> refusal) {}

    Observation observe(ApplyJob job, List<Manifest> manifests) {
        List<ObjectKey> keys = new ArrayList<>(manifests.stream()
                .map(manifest ->
                        new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name()))
                .toList());
        keys.add(new ObjectKey(
                "networking.istio.io/v1",
                "ServiceEntry",
                job.desired().gateway().namespace(),
                job.desired().destination().sharedServiceEntry()));
        List<Seen> seen = Applying.together(
                keys.stream().<Callable<Seen>>map(key -> () -> see(key)).toList());
        List<ObservedObject> objects = new ArrayList<>();
        Optional<LiveObject> route = Optional.empty();
        for (int i = 0; i < manifests.size(); i++) {
            objects.add(observed(manifests.get(i), seen.get(i), job));
            if (manifests.get(i).kind().equals("HTTPRoute")) {
                route = seen.get(i).object();
            }
        }
        List<ObservedCondition> conditions = new ArrayList<>();
        conditions.add(applied(objects));
        conditions.add(inSync(objects));
        conditions.add(route(route, "Accepted", Type.ROUTE_ACCEPTED));
        conditions.add(route(route, "ResolvedRefs", Type.ROUTE_RESOLVED));
        conditions.add(bound(seen.getLast(), job));
        conditions.add(certificate(job.certificate().facts()));
        return new Observation(conditions, objects);
    }

    private Seen see(ObjectKey key) {
        try {
            return new Seen(cluster.get(key), Optional.empty());
        } catch (ApiServerRefused refusal) {
            return new Seen(Optional.empty(), Optional.of(refusal.words()));
        }
    }

    private ObservedObject observed(Manifest manifest, Seen seen, ApplyJob job) {
        State state;
        if (seen.refusal().isPresent()) {
            state = State.UNKNOWN;
        } else if (seen.object().isEmpty()) {
            state = State.MISSING;
        } else {
            LiveObject live = seen.object().get();
            boolean same = live.belongsTo(job.desired().publicId())
                    && live.otherEntries().isEmpty()
                    && ObjectDiff.between(Optional.of(live.comparable()), manifest.json())
                            .isEmpty();
            state = same ? State.AS_APPROVED : State.DIFFERS;
        }
        return new ObservedObject(
                manifest.apiVersion(),
                manifest.kind(),
                manifest.namespace(),
                manifest.name(),
                state,
                seen.object().map(LiveObject::uid),
                seen.object().map(LiveObject::resourceVersion),
                clock.instant(),
                seen.object().flatMap(LiveObject::fingerprints));
    }

    private static ObservedCondition applied(List<ObservedObject> objects) {
        long there = objects.stream()
                .filter(object -> object.state() == State.AS_APPROVED || object.state() == State.DIFFERS)
                .count();
        return there == objects.size()
                ? new ObservedCondition(
                        Type.APPLIED, Status.TRUE, "ReadBack", "All " + objects.size() + " objects are written.")
                : new ObservedCondition(
                        Type.APPLIED,
                        Status.FALSE,
                        "Incomplete",
                        there + " of " + objects.size() + " objects are in the cluster.");
    }

    private static ObservedCondition inSync(List<ObservedObject> objects) {
        List<String> off = objects.stream()
                .filter(object -> object.state() != State.AS_APPROVED)
                .map(object -> object.kind() + " " + object.name() + " "
                        + object.state().value())
                .toList();
        boolean unknown = objects.stream().anyMatch(object -> object.state() == State.UNKNOWN);
        return off.isEmpty()
                ? new ObservedCondition(
                        Type.IN_SYNC,
                        Status.TRUE,
                        "AsApproved",
                        "When it was applied, the cluster held what was approved, field by field. Waypass looks again when it applies again.")
                : new ObservedCondition(
                        Type.IN_SYNC,
                        unknown ? Status.UNKNOWN : Status.FALSE,
                        unknown ? "NotReadable" : "Differs",
                        String.join("; ", off) + ".");
    }

    private static ObservedCondition route(Optional<LiveObject> route, String condition, Type type) {
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
        return reported(type, reported, "The mesh has not reported on the HTTPRoute yet.");
    }

    private static ObservedCondition bound(Seen seen, ApplyJob job) {
        String name = job.desired().destination().sharedServiceEntry();
        if (seen.object().isEmpty()) {
            return new ObservedCondition(
                    Type.WAYPOINT_BOUND,
                    seen.refusal().isPresent() ? Status.UNKNOWN : Status.FALSE,
                    seen.refusal().isPresent() ? "NotReadable" : "NoServiceEntry",
                    seen.refusal().orElse("The ServiceEntry " + name + " is not in the cluster."));
        }
        Optional<JsonNode> reported = StreamSupport.stream(
                        seen.object().get().at("/status/conditions").spliterator(), false)
                .filter(each -> each.path("type").asText().equals("istio.io/WaypointBound"))
                .findFirst();
        return reported(
                Type.WAYPOINT_BOUND, reported, "The mesh has not reported on the ServiceEntry " + name + " yet.");
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
