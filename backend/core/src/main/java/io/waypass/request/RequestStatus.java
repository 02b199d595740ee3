package io.waypass.request;

import java.util.Locale;

/** Where a request stands. Which role may move it along which edge: {@link StatusEdge}. */
public enum RequestStatus {
    /** The applier works out what would happen. */
    PLANNING,
    /** It cannot work as it is; the message says why. */
    INVALID,
    /** A platform admin decides next. */
    PENDING,
    /** A platform admin said no. */
    REJECTED,
    /** The team took it back. */
    WITHDRAWN,
    /** A platform admin said yes; the applier is next. */
    APPROVED,
    /** The applier is writing to the cluster. */
    APPLYING,
    /** Every object is written and read back. */
    APPLIED,
    /** The cluster refused; it is tried again, and the message holds the API server's words. */
    FAILED,
    /** A newer request for the same resource was approved. */
    SUPERSEDED;

    /** {@return whether no other request of the resource may be open beside it} */
    public boolean open() {
        return this == PLANNING || this == PENDING || this == APPROVED || this == APPLYING;
    }

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is no such value */
    public static RequestStatus of(String value) {
        for (RequestStatus status : values()) {
            if (status.value().equals(value)) {
                return status;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no status of a request");
    }
}
