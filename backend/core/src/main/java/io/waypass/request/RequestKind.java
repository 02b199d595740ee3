package io.waypass.request;

import io.waypass.resource.Operation;
import io.waypass.resource.ResourceKind;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What a request proposes. */
public enum RequestKind {
    /** An app shall present a client certificate at a destination for the first time. */
    CREATE_IDENTITY(ResourceKind.IDENTITY, Operation.KEEP, Certificate.OWN, Approval.BY_POLICIES_TOO),
    /** An identity gets a new certificate. */
    ROTATE_CERTIFICATE(ResourceKind.IDENTITY, Operation.KEEP, Certificate.OWN, Approval.BY_POLICIES_TOO),
    /** An identity is taken away. */
    RETIRE_IDENTITY(ResourceKind.IDENTITY, Operation.RETIRE, Certificate.NONE, Approval.BY_POLICIES_TOO),
    /** An identity's objects become what this version of Waypass renders. */
    REFRESH(ResourceKind.IDENTITY, Operation.KEEP, Certificate.NONE, Approval.BY_POLICIES_TOO),
    /** Objects of a cluster that belong to nothing are removed. */
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

    /** {@return what the proposed revision asks for} */
    public Operation operation() {
        return operation;
    }

    /** {@return whether it brings a certificate of its own} */
    public boolean bringsCertificate() {
        return certificate == Certificate.OWN;
    }

    /** {@return whether people alone approve it: a policy may deny it, and not approve it} */
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
