package io.waypass.applier.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.resource.Observation.ObservedCondition;
import java.util.Optional;

/** Conditions that the mesh reports in the status of an object. What it has not reported is unknown: its silence is proof of nothing. */
final class MeshReport {

    private MeshReport() {}

    /**
     * Translates a condition of an object's status.
     *
     * @param reported with status, reason and message; empty if the mesh has reported none
     * @param silence the message if it has not
     */
    static ObservedCondition condition(Type type, Optional<JsonNode> reported, String silence) {
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
}
