package io.waypass.cluster;

/** Distribution of Istio in a cluster; decides which {@link io.waypass.gateway.Placement} works. */
public enum Flavour {
    /** Solo's distribution of Istio, 1.24.3 or later: a waypoint may read secrets of app namespaces. */
    SOLO,
    /** Upstream Istio: everything that a waypoint uses is in its own namespace. */
    UPSTREAM;

    /** {@return the value in tables and API} */
    public String value() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * @param value {@code solo} or {@code upstream}
     * @throws IllegalArgumentException for any other value
     */
    public static Flavour of(String value) {
        for (Flavour flavour : values()) {
            if (flavour.value().equals(value)) {
                return flavour;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no flavour; use solo or upstream");
    }
}
