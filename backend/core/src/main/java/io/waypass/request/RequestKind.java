package io.waypass.request;

import io.waypass.resource.Operation;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a request proposes. */
public enum RequestKind {
    /** An app shall present a client certificate at a destination for the first time. */
    CREATE_IDENTITY(Operation.KEEP, true),
    /** An identity gets a new certificate. */
    ROTATE_CERTIFICATE(Operation.KEEP, true),
    /** An identity is taken away. */
    RETIRE_IDENTITY(Operation.RETIRE, false),
    /** An identity's objects become what this version of Waypass renders. */
    REFRESH(Operation.KEEP, false),
    /** Objects of a cluster that belong to nothing are removed. */
    REMOVE_ORPHANS(Operation.REMOVE_ORPHANS, false);

    private final Operation operation;
    private final boolean bringsCertificate;

    RequestKind(Operation operation, boolean bringsCertificate) {
        this.operation = operation;
        this.bringsCertificate = bringsCertificate;
    }

    /** {@return what the proposed revision asks for} */
    public Operation operation() {
        return operation;
    }

    /** {@return whether it brings a certificate of its own} */
    public boolean bringsCertificate() {
        return bringsCertificate;
    }

    /** {@return whether people alone approve it: a policy may deny it, and not approve it} */
    public boolean decidedByPeople() {
        return operation == Operation.REMOVE_ORPHANS;
    }

    /** {@return values of kinds, for people} @param which of them */
    public static String values(Predicate<RequestKind> which) {
        return Arrays.stream(values()).filter(which).map(RequestKind::value).collect(Collectors.joining(", "));
    }

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** @throws IllegalArgumentException if there is no such value */
    public static RequestKind of(String value) {
        for (RequestKind kind : values()) {
            if (kind.value().equals(value)) {
                return kind;
            }
        }
        throw new IllegalArgumentException("“" + value + "” is no kind of request");
    }
}
