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
        /**
         * A call of the app now gets through with the app's own certificate, as far as everything that is watched can tell. Not stored: see
         * {@link Readiness}.
         */
        READY("Ready"),
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
        IN_SYNC("InSync"),
        /** istiod is seen at work, so that what it reports is current. */
        MESH_REPORTING("MeshReporting"),
        /** The distribution of Istio that runs is the registered one, and permits what the gateway's placement needs. */
        FLAVOUR_MATCHES("FlavourMatches"),
        /** The Gateway is programmed, and a pod of its waypoint is available. */
        GATEWAY_READY("GatewayReady"),
        /** The gateway knows who calls: an EnvoyFilter writes the caller's principal into the header that routes match on. */
        PRINCIPAL_HEADER("PrincipalHeader"),
        /** No other object of the mesh claims the destination's host, or the host that stands for the app. */
        HOST_UNIQUE("HostUnique"),
        /** No other HTTPRoute takes the app's calls. */
        ROUTE_UNSHADOWED("RouteUnshadowed"),
        /** No other DestinationRule names the identity's Secret or synthetic host. */
        CREDENTIAL_UNSHARED("CredentialUnshared");

        private final String value;

        Type(String value) {
            this.value = value;
        }

        /** {@return the value as written in tables and API} */
        public String value() {
            return value;
        }

        /** {@return whether istiod itself reports it in a status, which is old once istiod is gone} */
        public boolean isReportedByMesh() {
            return this == ROUTE_ACCEPTED || this == ROUTE_RESOLVED || this == WAYPOINT_BOUND;
        }

        /** {@return whether it stays unknown where there is no istiod} */
        public boolean needsMesh() {
            return isReportedByMesh() || this == MESH_REPORTING || this == FLAVOUR_MATCHES || this == GATEWAY_READY;
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
