package io.waypass.resource;

/** Kind of a resource. Each kind has a subtype table with the resource's id, and a table of typed revisions. */
public enum ResourceKind {
    /** An app's external identity at a destination. */
    IDENTITY("identity", "idn"),
    /** An external service in the catalogue. */
    DESTINATION("destination", "dst"),
    /** An egress waypoint. */
    GATEWAY("gateway", "gtw"),
    /** A cluster, as the resource that removals of orphans are about. */
    CLUSTER("cluster", "cls");

    private final String value;
    private final String idPrefix;

    ResourceKind(String value, String idPrefix) {
        this.value = value;
        this.idPrefix = idPrefix;
    }

    /** {@return the value as written in tables and API} */
    public String value() {
        return value;
    }

    /** {@return the prefix of public ids of this kind, without the underscore} */
    public String idPrefix() {
        return idPrefix;
    }

    /** @throws IllegalArgumentException if there is no such value */
    public static ResourceKind of(String value) {
        for (ResourceKind kind : values()) {
            if (kind.value.equals(value)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("no resource kind " + value);
    }
}
