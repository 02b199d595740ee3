package io.waypass.resource;

import java.util.Locale;

/** Intent of a revision of a resource. */
public enum Operation {
    /** The revision is applied and kept. */
    KEEP,
    /** The resource's objects are removed. */
    RETIRE,
    /** Orphans are removed from a cluster, once; nothing is kept afterwards. */
    REMOVE_ORPHANS;

    /** {@return whether the revision is a lasting state, and not done once} */
    public boolean lasts() {
        return this != REMOVE_ORPHANS;
    }

    /** {@return the value as written in tables} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if there is no such value */
    public static Operation of(String value) {
        return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
