package io.waypass.request;

import io.waypass.access.Person;
import java.util.Collection;
import java.util.Map;

/**
 * A kind of resource that requests are about: how a new request is validated, and how requests are described in lists and in full. What
 * else core does with requests is the same for all kinds.
 *
 * <p>What the applier needs of a revision is said by {@link io.waypass.reconcile.DesiredState}, how policies see a request by
 * {@code io.waypass.decision.PolicyCases}. All of them are sealed, so that a new kind does not compile until each layer answers.
 *
 * @param <N> new requests of the kind
 */
public sealed interface ResourceType<N extends NewRequest> permits IdentityType, ClusterType {

    /**
     * Which revision of which resource a request proposes.
     *
     * @param requestId key of the request
     * @param kind what it proposes
     * @param resourceId key of the resource
     * @param revision number of the revision
     */
    record Proposed(long requestId, RequestKind kind, long resourceId, int revision) {}

    /**
     * Validates a new request. Nothing is stored yet.
     *
     * @param person who asks
     * @param request what is asked for
     * @return the proposal, which can be stored
     * @throws io.waypass.refusal.Refusal with everything that is wrong
     */
    Proposal propose(Person person, N request);

    /**
     * Describes requests as lists show them.
     *
     * @param requests of this kind
     * @return what each is about, by key of the request
     */
    Map<Long, RequestSubject> subjects(Collection<Proposed> requests);

    /**
     * Describes a request in full.
     *
     * @param request of this kind
     * @return what it proposes
     */
    RequestContent content(Proposed request);
}
