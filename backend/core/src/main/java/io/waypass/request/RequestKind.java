package io.waypass.request;

import io.waypass.resource.Operation;
import io.waypass.resource.ResourceKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Kind of a request. */
public enum RequestKind {
    /** An app gets its first client certificate at a destination. */
    CREATE_IDENTITY(ResourceKind.IDENTITY, Operation.KEEP, Certificate.OWN, Approval.BY_POLICIES_TOO),
    /** An identity gets a new certificate. */
    ROTATE_CERTIFICATE(ResourceKind.IDENTITY, Operation.KEEP, Certificate.OWN, Approval.BY_POLICIES_TOO),
    /** An identity is retired. */
    RETIRE_IDENTITY(ResourceKind.IDENTITY, Operation.RETIRE, Certificate.NONE, Approval.BY_POLICIES_TOO),
    /** An identity's objects are rendered again by this version of Waypass. */
    REFRESH(ResourceKind.IDENTITY, Operation.KEEP, Certificate.NONE, Approval.BY_POLICIES_TOO),
    /** Orphans of a cluster are removed. */
    REMOVE_ORPHANS(ResourceKind.CLUSTER, Operation.REMOVE_ORPHANS, Certificate.NONE, Approval.BY_PEOPLE);

    private enum Certificate {
        OWN,
        NONE
    }

    private enum Approval {
        BY_PEOPLE,
        BY_POLICIES_TOO
    }

    private final ResourceKind resource;
    private final Operation operation;
    private final Certificate certificate;
    private final Approval approval;

    RequestKind(ResourceKind resource, Operation operation, Certificate certificate, Approval approval) {
        this.resource = resource;
        this.operation = operation;
        this.certificate = certificate;
        this.approval = approval;
    }

    /** {@return the kind of resource that it is about} */
    public ResourceKind resource() {
        return resource;
    }

    /** {@return the operation of the proposed revision} */
    public Operation operation() {
        return operation;
    }

    /** {@return whether it proposes a certificate} */
    public boolean bringsCertificate() {
        return certificate == Certificate.OWN;
    }

    /** {@return whether only people approve it; a policy may deny it} */
    public boolean decidedByPeople() {
        return approval == Approval.BY_PEOPLE;
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
