package io.waypass.cluster;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** Where a cleaning stands. Which role may move it along which edge is the database's rule ({@code V9__orphans.sql}). */
public enum CleaningStatus {
    /** Another platform admin decides next. */
    PENDING,
    /** Another platform admin said yes; the applier is next. */
    APPROVED,
    /** Another platform admin said no. */
    REJECTED,
    /** Who asked took it back. */
    WITHDRAWN,
    /** Every object was looked at, and deleted unless there was a reason not to. */
    DONE,
    /** The cluster refused; it is tried again, and the message holds the API server's words. */
    FAILED;

    /** Those of which something may still become. */
    public static final Set<CleaningStatus> OPEN = Set.copyOf(EnumSet.of(PENDING, APPROVED, FAILED));

    /** Those of which nothing becomes any more. */
    public static final Set<CleaningStatus> ENDED = Set.copyOf(EnumSet.of(REJECTED, WITHDRAWN, DONE));

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the written value.
     *
     * @param value such as {@code pending}
     * @return the status
     * @throws IllegalArgumentException for any other value
     */
    public static CleaningStatus of(String value) {
        for (CleaningStatus status : values()) {
            if (status.value().equals(value)) {
                return status;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no status of a cleaning");
    }
}
