package io.waypass.request;

import io.waypass.access.Person;

/** The types of resources that requests can be about. */
public record ResourceTypes(IdentityType identity, ClusterType cluster) {

    /** {@return the type of resource that a kind of request is about} */
    ResourceType<?> of(RequestKind kind) {
        return switch (kind) {
            case CREATE_IDENTITY, ROTATE_CERTIFICATE, RETIRE_IDENTITY, REFRESH -> identity;
            case REMOVE_ORPHANS -> cluster;
        };
    }

    /** Validates a new request by its type. */
    Proposal propose(Person person, NewRequest request) {
        return switch (request) {
            case NewRequest.OfIdentity wanted -> identity.propose(person, wanted);
            case NewRequest.OfOrphans wanted -> cluster.propose(person, wanted);
        };
    }
}
