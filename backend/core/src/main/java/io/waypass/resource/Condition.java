package io.waypass.resource;

import java.time.Instant;

/**
 * Observed state of a resource, in the style of Kubernetes conditions.
 *
 * @param reason one word in CamelCase, for programs
 * @param message for people
 * @param lastTransitionAt time of the last change of the status
 * @param observedAt time of the last observation that changed it
 */
public record Condition(
        Type type, Status status, String reason, String message, Instant lastTransitionAt, Instant observedAt) {

    public enum Type {
        /** Every object of the approved plan was written and read back. */
        APPLIED("Applied"),
        /** The mesh's controller accepts the HTTPRoute. */
        ROUTE_ACCEPTED("RouteAccepted"),
        /** The mesh's controller resolved what the HTTPRoute refers to. */
        ROUTE_RESOLVED("RouteResolved"),
        /** The shared ServiceEntry is bound to the waypoint. */
        WAYPOINT_BOUND("WaypointBound"),
        /** The certificate is valid today. */
        CERTIFICATE_VALID("CertificateValid"),
        /** What the cluster holds is what was approved. */
        IN_SYNC("InSync");

        private final String value;

        Type(String value) {
            this.value = value;
        }

        /** {@return the value as written in tables and API} */
        public String value() {
            return value;
        }

        public static Type of(String value) {
            for (Type type : values()) {
                if (type.value.equals(value)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("no condition " + value);
        }
    }

    public enum Status {
        TRUE("True"),
        FALSE("False"),
        /** Nothing is reported, or it cannot be read. */
        UNKNOWN("Unknown");

        private final String value;

        Status(String value) {
            this.value = value;
        }

        /** {@return the value as written in tables and API} */
        public String value() {
            return value;
        }

        public static Status of(String value) {
            for (Status status : values()) {
                if (status.value.equals(value)) {
                    return status;
                }
            }
            throw new IllegalArgumentException("no status " + value);
        }
    }
}
