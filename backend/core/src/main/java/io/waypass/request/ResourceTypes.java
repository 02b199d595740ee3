package io.waypass.request;

import io.waypass.access.Person;

/**
 * The kinds of resources that requests are about.
 *
 * @param identity identities
 * @param cluster clusters
 */
public record ResourceTypes(IdentityType identity, ClusterType cluster) {

    /** {@return what requests of a kind are about} @param kind of the requests */
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
