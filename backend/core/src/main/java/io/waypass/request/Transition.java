package io.waypass.request;

import java.util.Optional;
import java.util.Set;

/**
 * A transition of a request, with the effects of the same transaction.
 *
 * @param to the next status
 * @param message why, for people
 */
public record Transition(RequestStatus to, Optional<String> message, Set<Effect> effects) {

    /** Effect of a transition. */
    public enum Effect {
        /** Older requests of the resource that were applied or have failed are superseded. */
        SUPERSEDE_OLDER,
        /** The resource's desired revision becomes the request's. */
        DESIRE,
        /** If the resource's desired revision is the request's, the applied revision becomes the desired one. */
        REVERT,
        /** The resource's applied revision becomes the request's; or its retired one, for a retirement. */
        APPLIED,
        /** The planning of the request is scheduled again. */
        PLAN_AGAIN,
        /** The resource is reconciled at once. */
        RECONCILE,
        /** The resource is reconciled at once if an applier has started to apply the request, so that a partial result is removed. */
        RECONCILE_IF_ATTEMPTED
    }

    public Transition {
        effects = Set.copyOf(effects);
    }
}
