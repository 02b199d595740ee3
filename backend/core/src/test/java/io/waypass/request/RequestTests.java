package io.waypass.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.request.Transition.Effect;
import io.waypass.resource.Operation;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Where a request may go from each status, and what happens with it. */
class RequestTests {

    /** Each transition, and the statuses in which a request has it. */
    private static final Map<String, Set<RequestStatus>> FROM = Map.of(
            "planned", Set.of(RequestStatus.PLANNING),
            "invalidate", Set.of(RequestStatus.PLANNING),
            "approve", Set.of(RequestStatus.PENDING),
            "reject", Set.of(RequestStatus.PENDING),
            "withdraw", Set.of(RequestStatus.PLANNING, RequestStatus.PENDING),
            "replan",
                    Set.of(RequestStatus.PENDING, RequestStatus.APPROVED, RequestStatus.APPLYING, RequestStatus.FAILED),
            "startApplying", Set.of(RequestStatus.APPROVED),
            "applied", Set.of(RequestStatus.APPLYING, RequestStatus.FAILED),
            "fail", Set.of(RequestStatus.APPLYING),
            "supersede", Set.of(RequestStatus.APPLIED, RequestStatus.FAILED));

    private static final Map<String, Function<Request, Transition>> TRANSITIONS = Map.of(
            "planned", Request::planned,
            "invalidate", request -> request.invalidate("It cannot work."),
            "approve", Request::approve,
            "reject", request -> request.reject("No."),
            "withdraw", request -> request.withdraw(Optional.empty()),
            "replan", request -> request.replan("It changed."),
            "startApplying", Request::startApplying,
            "applied", Request::applied,
            "fail", request -> request.fail("Refused."),
            "supersede", request -> request.supersede("req_2"));

    static Stream<Arguments> everyTransitionFromEveryStatus() {
        return FROM.keySet().stream()
                .flatMap(name -> Arrays.stream(RequestStatus.values()).map(status -> Arguments.of(name, status)));
    }

    @ParameterizedTest
    @MethodSource("everyTransitionFromEveryStatus")
    void aRequestGoesOnlyWhereItMay(String name, RequestStatus from) {
        Request request = request(from, Operation.KEEP);
        Function<Request, Transition> transition = TRANSITIONS.get(name);

        boolean stays = transition
                        .apply(request(FROM.get(name).iterator().next(), Operation.KEEP))
                        .to()
                == from;
        if (FROM.get(name).contains(from) || stays) {
            assertThat(transition.apply(request).to()).isNotNull();
        } else {
            assertThatThrownBy(() -> transition.apply(request))
                    .isInstanceOf(Request.IllegalTransition.class)
                    .hasMessageContaining("req_1 is " + from.value());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Operation.class,
            names = {"KEEP", "RETIRE"})
    void anApprovalMakesTheRevisionDesiredSupersedesOlderRequestsAndWakesTheApplier(Operation operation) {
        assertThat(request(RequestStatus.PENDING, operation).approve().effects())
                .containsExactlyInAnyOrder(Effect.SUPERSEDE_OLDER, Effect.DESIRE, Effect.RECONCILE);
    }

    @Test
    void anApprovalOfWhatIsDoneOnceSupersedesNothing() {
        assertThat(request(RequestStatus.PENDING, Operation.REMOVE_ORPHANS)
                        .approve()
                        .effects())
                .containsExactly(Effect.RECONCILE);
        assertThat(request(RequestStatus.APPLYING, Operation.REMOVE_ORPHANS)
                        .applied()
                        .effects())
                .isEmpty();
    }

    @Test
    void aRevisionIsDesiredNoLongerThanItsApprovalStands() {
        Request approved = request(RequestStatus.APPROVED, Operation.KEEP);
        assertThat(approved.replan("It changed.").effects())
                .containsExactlyInAnyOrder(Effect.REVERT, Effect.PLAN_AGAIN);
        Request planning = request(RequestStatus.PLANNING, Operation.KEEP);
        for (Transition end : Set.of(planning.invalidate("x"), planning.withdraw(Optional.empty()))) {
            assertThat(end.effects()).containsExactlyInAnyOrder(Effect.REVERT, Effect.RECONCILE_IF_ATTEMPTED);
        }
        assertThat(request(RequestStatus.PENDING, Operation.KEEP).reject("No.").effects())
                .containsExactlyInAnyOrder(Effect.REVERT, Effect.RECONCILE_IF_ATTEMPTED);
    }

    @Test
    void aFailureLeavesWhatIsDesiredAsItIs() {
        assertThat(request(RequestStatus.APPLYING, Operation.KEEP)
                        .fail("Refused.")
                        .effects())
                .isEmpty();
    }

    @Test
    void eachEdgeBelongsToOneRoleButReplanningWhichBothMay() {
        for (StatusEdge edge : StatusEdge.ALL) {
            int roles = StatusEdge.between(edge.from(), edge.to()).size();
            boolean both = edge.from() == RequestStatus.PENDING && edge.to() == RequestStatus.PLANNING;
            assertThat(roles).as(edge.toString()).isEqualTo(both ? 2 : 1);
        }
    }

    private static Request request(RequestStatus status, Operation operation) {
        return new Request(
                1,
                "req_1",
                operation == Operation.RETIRE
                        ? RequestKind.RETIRE_IDENTITY
                        : operation == Operation.REMOVE_ORPHANS
                                ? RequestKind.REMOVE_ORPHANS
                                : RequestKind.ROTATE_CERTIFICATE,
                7,
                "idn_7",
                2,
                operation,
                "sandbox",
                Optional.of(1L),
                Optional.of("one"),
                status,
                Optional.empty(),
                Optional.of(3L));
    }
}
