package io.waypass.request;

import io.waypass.request.Transition.Effect;
import io.waypass.resource.Operation;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The status machine of a request, which proposes one revision of one resource. Each method checks that the transition is allowed and
 * returns its effects; {@link RequestTransitions} carries them out. Nothing is read or written here.
 *
 * @param id key inside the database
 * @param publicId {@code req_…}
 * @param resourceId key of the resource
 * @param resource public id of the resource
 * @param revision number of the proposed revision
 * @param operation of that revision
 * @param cluster name of the resource's cluster
 * @param teamId key of the requesting team; empty for platform admins
 * @param team slug of that team
 * @param statusMessage why it has its status
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

    /** {@return the transition to {@code pending}} */
    public Transition planned() {
        return to(RequestStatus.PENDING, Optional.empty());
    }

    /** {@return the transition to {@code invalid}} @param message what has to change first */
    public Transition invalidate(String message) {
        return end(RequestStatus.INVALID, Optional.of(message));
    }

    /** {@return the transition to {@code approved}, once the plan has enough approvals} */
    public Transition approve() {
        return operation.lasts()
                ? to(RequestStatus.APPROVED, Optional.empty(), Effect.SUPERSEDE_OLDER, Effect.DESIRE, Effect.RECONCILE)
                : to(RequestStatus.APPROVED, Optional.empty(), Effect.RECONCILE);
    }

    /** {@return the transition to {@code rejected}} */
    public Transition reject(String reason) {
        return end(RequestStatus.REJECTED, Optional.of(reason));
    }

    /** {@return the transition to {@code withdrawn}} */
    public Transition withdraw(Optional<String> reason) {
        return end(RequestStatus.WITHDRAWN, reason);
    }

    /** {@return the transition back to {@code planning}} @param cause what changed */
    public Transition replan(String cause) {
        return to(RequestStatus.PLANNING, Optional.of(cause), Effect.REVERT, Effect.PLAN_AGAIN);
    }

    /** {@return the transition to {@code applying}} */
    public Transition startApplying() {
        return to(RequestStatus.APPLYING, Optional.empty());
    }

    /** {@return the transition to {@code applied}, once everything was read back} */
    public Transition applied() {
        return operation.lasts()
                ? to(RequestStatus.APPLIED, Optional.empty(), Effect.APPLIED)
                : to(RequestStatus.APPLIED, Optional.empty());
    }

    /** {@return the transition to {@code failed}, from which it is retried} @param message the API server's words */
    public Transition fail(String message) {
        return to(RequestStatus.FAILED, Optional.of(message));
    }

    /** {@return the transition to {@code superseded}} @param newer public id of the request that replaces it */
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

    /** The status machine has no such edge. */
    public static final class IllegalTransition extends IllegalStateException {
        IllegalTransition(Request request, RequestStatus next) {
            super(request.publicId() + " is " + request.status().value() + " and cannot become " + next.value());
        }
    }
}
