package io.waypass.request;

import java.util.Locale;

/** Status of a request. {@link StatusEdge} has the edges, and the role that may move a request along each. */
public enum RequestStatus {
    /** The applier plans it. */
    PLANNING,
    /** The plan cannot work; the message has the reason. */
    INVALID,
    /** It waits for a decision. */
    PENDING,
    /** An admin or a policy has rejected it. */
    REJECTED,
    /** The requester has withdrawn it. */
    WITHDRAWN,
    /** It is approved; the applier is next. */
    APPROVED,
    /** The applier is writing to the cluster. */
    APPLYING,
    /** Every object is written and read back. */
    APPLIED,
    /** The cluster refused; it is retried, and the message has the API server's words. */
    FAILED,
    /** A newer request for the same resource was approved. */
    SUPERSEDED;

    /** {@return whether it excludes other open requests of the resource} */
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
