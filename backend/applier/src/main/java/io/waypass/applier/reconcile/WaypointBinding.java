package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import java.util.Optional;
import java.util.stream.StreamSupport;

/** Whether calls to a destination come to the waypoint at all, according to the status of its shared ServiceEntry. */
final class WaypointBinding {

    private WaypointBinding() {}

    /** Reads the shared ServiceEntry of a destination. */
    static ObservedCondition read(LiveStateReader live, Gateway gateway, Destination destination) {
        LiveRead entry =
                live.at(ObjectKey.of(ObjectKind.SERVICE_ENTRY, gateway.namespace(), destination.sharedServiceEntry()));
        return entry.refusal()
                .map(words -> new ObservedCondition(Type.WAYPOINT_BOUND, Status.UNKNOWN, "NotReadable", words))
                .orElseGet(() -> of(entry.object()));
    }

    /** @param entry the shared ServiceEntry; empty if it does not exist */
    static ObservedCondition of(Optional<LiveObject> entry) {
        return entry.map(WaypointBinding::reported)
                .orElseGet(() -> new ObservedCondition(
                        Type.WAYPOINT_BOUND,
                        Status.FALSE,
                        "NoServiceEntry",
                        "The shared ServiceEntry is not in the cluster."));
    }

    private static ObservedCondition reported(LiveObject entry) {
        Optional<JsonNode> reported = StreamSupport.stream(
                        entry.at("/status/conditions").spliterator(), false)
                .filter(each -> each.path("type").asText().equals("istio.io/WaypointBound"))
                .findFirst();
        return MeshReport.condition(
                Type.WAYPOINT_BOUND,
                reported,
                "The mesh has not reported on the ServiceEntry " + entry.name() + " yet.");
    }
}
