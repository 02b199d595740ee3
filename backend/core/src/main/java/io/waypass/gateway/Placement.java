package io.waypass.gateway;

/** Where the objects of each identity are. */
public enum Placement {
    /** In the app's namespace, as in the Solo guide; needs Solo's Istio and its cross-namespace permission. */
    TEAM_NAMESPACE("team-namespace"),
    /** In the waypoint's namespace, as upstream Istio needs it. */
    GATEWAY_NAMESPACE("gateway-namespace");

    private final String value;

    Placement(String value) {
        this.value = value;
    }

    /** {@return the value in tables and API} */
    public String value() {
        return value;
    }

    /**
     * @param value {@code team-namespace} or {@code gateway-namespace}
     * @throws IllegalArgumentException for any other value
     */
    public static Placement of(String value) {
        for (Placement placement : values()) {
            if (placement.value.equals(value)) {
                return placement;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no placement; use team-namespace or gateway-namespace");
    }
}
