package io.waypass.request;

import io.waypass.request.Transition.Effect;
import io.waypass.resource.Operation;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * A request as far as its life is concerned: it proposes one revision of one resource. Each transition says where the request goes and
 * what happens with it; {@link RequestTransitions} carries that out. Nothing is read or written here.
 *
 * @param id key inside the database
 * @param publicId {@code req_…}
 * @param kind what it proposes
 * @param resourceId key of the resource
 * @param resource public id of the resource
 * @param revision number of the revision that it proposes
 * @param operation what the revision asks for
 * @param cluster name of the resource's cluster
 * @param teamId key of the team that asks; empty if the platform's admins do
 * @param team slug of that team
 * @param status where it stands
 * @param statusMessage why it stands there
 * @param planId key of its present plan
 */
public record Request(
        long id,
        String publicId,
        RequestKind kind,
        long resourceId,
        String resource,
        int revision,
        Operation operation,
        String cluster,
        Optional<Long> teamId,
        Optional<String> team,
        RequestStatus status,
        Optional<String> statusMessage,
        Optional<Long> planId) {

    /** {@return the transition of a request that was planned} */
    public Transition planned() {
        return to(RequestStatus.PENDING, Optional.empty());
    }

    /** {@return the transition of a request whose plan cannot work} @param message what has to change first */
    public Transition invalidate(String message) {
        return end(RequestStatus.INVALID, Optional.of(message));
    }

    /** {@return the transition of a request whose plan has as many approvals as it takes} */
    public Transition approve() {
        return operation.lasts()
                ? to(RequestStatus.APPROVED, Optional.empty(), Effect.SUPERSEDE_OLDER, Effect.DESIRE, Effect.RECONCILE)
                : to(RequestStatus.APPROVED, Optional.empty(), Effect.RECONCILE);
    }

    /** {@return the transition of a request that was rejected} @param reason why */
    public Transition reject(String reason) {
        return end(RequestStatus.REJECTED, Optional.of(reason));
    }

    /** {@return the transition of a request that is withdrawn} @param reason why, if it was said */
    public Transition withdraw(Optional<String> reason) {
        return end(RequestStatus.WITHDRAWN, reason);
    }

    /** {@return the transition of a request whose plan no longer holds} @param cause what changed */
    public Transition replan(String cause) {
        return to(RequestStatus.PLANNING, Optional.of(cause), Effect.REVERT, Effect.PLAN_AGAIN);
    }

    /** {@return the transition of a request that an applier takes up} */
    public Transition startApplying() {
        return to(RequestStatus.APPLYING, Optional.empty());
    }

    /** {@return the transition of a request that was applied and read back} */
    public Transition applied() {
        return operation.lasts()
                ? to(RequestStatus.APPLIED, Optional.empty(), Effect.APPLIED)
                : to(RequestStatus.APPLIED, Optional.empty());
    }

    /** {@return the transition of a request that the cluster refused; it is retried} @param message the API server's words */
    public Transition fail(String message) {
        return to(RequestStatus.FAILED, Optional.of(message));
    }

    /** {@return the transition of a request that a newer one replaces} @param newer public id of that one */
    public Transition supersede(String newer) {
        return to(RequestStatus.SUPERSEDED, Optional.of("The newer request " + newer + " was approved."));
    }

    private Transition end(RequestStatus status, Optional<String> message) {
        return to(status, message, Effect.REVERT, Effect.RECONCILE_IF_ATTEMPTED);
    }

    private Transition to(RequestStatus next, Optional<String> message, Effect... effects) {
        if (status != next && StatusEdge.between(status, next).isEmpty()) {
            throw new IllegalTransition(this, next);
        }
        Set<Effect> set = EnumSet.noneOf(Effect.class);
        set.addAll(Set.of(effects));
        return new Transition(next, message, set);
    }

    /** A request does not go from its status to another one. */
    public static final class IllegalTransition extends IllegalStateException {
        IllegalTransition(Request request, RequestStatus next) {
            super(request.publicId() + " is " + request.status().value() + " and cannot become " + next.value());
        }
    }
}
