package io.waypass.request;

import io.waypass.access.Person;
import java.util.Collection;
import java.util.Map;

/**
 * What core needs to know of a kind of resource: how a new request is validated, and how requests are described. Everything else about
 * requests is the same for all kinds.
 *
 * <p>{@link io.waypass.reconcile.DesiredState} is what the applier needs of a revision, {@code io.waypass.decision.PolicyCases} how
 * policies see a request. {@link ResourceTypes} has the switches over kinds, so that a new kind does not compile until it has a type.
 *
 * @param <N> new requests of the kind
 */
public sealed interface ResourceType<N extends NewRequest> permits IdentityType, ClusterType {

    /**
     * The revision that a request proposes.
     *
     * @param requestId key of the request
     * @param resourceId key of the resource
     * @param revision number of the revision
     */
    record Proposed(long requestId, RequestKind kind, long resourceId, int revision) {}

    /**
     * Validates a new request, without storing anything.
     *
     * @throws io.waypass.refusal.Refusal with every problem
     */
    Proposal propose(Person person, N request);

    /** {@return the subjects of requests of this kind, by key of the request} */
    Map<Long, RequestSubject> subjects(Collection<Proposed> requests);

    /** {@return the content of a request of this kind} */
    RequestContent content(Proposed request);
}
