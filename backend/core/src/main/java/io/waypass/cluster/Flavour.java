package io.waypass.cluster;

/** Whose Istio the cluster runs; it decides which {@link io.waypass.gateway.Placement} works. */
public enum Flavour {
    /** Solo's distribution of Istio, 1.24.3 or later: a waypoint may read secrets of app namespaces. */
    SOLO,
    /** Upstream Istio: everything a waypoint uses lives in its own namespace. */
    UPSTREAM;

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /**
     * Reads the written value.
     *
     * @param value {@code solo} or {@code upstream}
     * @return the flavour
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
