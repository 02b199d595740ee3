package io.waypass.request;

import java.util.Locale;

/** What a request proposes. */
public enum RequestKind {
    /** An app shall present a client certificate at a destination for the first time. */
    CREATE_IDENTITY,
    /** An identity gets a new certificate. */
    ROTATE_CERTIFICATE,
    /** An identity is taken away. */
    RETIRE_IDENTITY,
    /** An identity's objects become what this version of Waypass renders. */
    REFRESH,
    /** Objects of a cluster that belong to nothing are removed. */
    REMOVE_ORPHANS;

    /** {@return whether it brings a certificate of its own} */
    public boolean bringsCertificate() {
        return this == CREATE_IDENTITY || this == ROTATE_CERTIFICATE;
    }

    /** {@return whether people alone approve it: a policy may deny it, and not approve it} */
    public boolean decidedByPeople() {
        return this == REMOVE_ORPHANS;
    }

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the written value.
     *
     * @param value such as {@code create-identity}
     * @return the kind
     * @throws IllegalArgumentException for any other value
     */
    public static RequestKind of(String value) {
        for (RequestKind kind : values()) {
            if (kind.value().equals(value)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no kind of request");
    }
}
