package io.waypass.resource;

import java.util.Locale;

/** What a revision of a resource asks for. */
public enum Operation {
    /** A state that is applied and kept. */
    KEEP,
    /** The state in which nothing of the resource is left. */
    RETIRE,
    /** Objects that belong to nothing are removed from a cluster, once. Nothing is kept afterwards. */
    REMOVE_ORPHANS;

    /** {@return whether the revision is a state that the resource has from then on, and not done once} */
    public boolean lasts() {
        return this != REMOVE_ORPHANS;
    }

    /** {@return the value as written in tables} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads a value.
     *
     * @param value as written in tables
     * @return the operation
     * @throws IllegalArgumentException if there is none of that value
     */
    public static Operation of(String value) {
        return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
    }
}
