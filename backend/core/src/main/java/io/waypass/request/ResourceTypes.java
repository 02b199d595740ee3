package io.waypass.request;

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
}
