package io.waypass.request;

import java.util.Optional;
import java.util.Set;

/**
 * Where a request goes, and what happens in the same transaction.
 *
 * @param to the next status
 * @param message why, for people
 * @param effects what happens with it
 */
public record Transition(RequestStatus to, Optional<String> message, Set<Effect> effects) {

    /** What happens with a transition. */
    public enum Effect {
        /** Older requests of the resource that were applied or have failed are superseded. */
        SUPERSEDE_OLDER,
        /** The resource's desired revision becomes the request's. */
        DESIRE,
        /** If the resource's desired revision is the request's, it becomes what is applied. */
        REVERT,
        /** The resource's applied revision becomes the request's; or its retired one, for a retirement. */
        APPLIED,
        /** The request is planned anew. */
        PLAN_AGAIN,
        /** The resource is reconciled at once. */
        RECONCILE,
        /** The resource is reconciled at once if an applier has begun to apply the request: what it left in part is removed. */
        RECONCILE_IF_ATTEMPTED
    }

    public Transition {
        effects = Set.copyOf(effects);
    }
}
