package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.decision.DecisionRule.Verdict;
import io.waypass.decision.RequestDecisions.Vote;
import io.waypass.plan.Plan;
import io.waypass.policy.PolicyEffect;
import io.waypass.policy.Ruling;
import io.waypass.request.Decision;
import io.waypass.request.RequestContent;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubject;
import io.waypass.request.RequestSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request of team payments, asked for by member and planned, and an admin's approval of its plan. A test changes what it is about, then
 * decides.
 */
final class DecisionScenario {

    static final Instant DECIDED_AT = Instant.parse("2026-11-20T08:15:30Z");
    static final String DIGEST = "sha256:0123456789abcdef";
    static final String PLAN = "pln_2";

    Person person = new Person("admin", "Ada", Set.of(), true);
    RequestStatus status = RequestStatus.PENDING;
    Optional<String> team = Optional.of("payments");
    String requestedBy = "member";
    Optional<String> cause = Optional.empty();
    int given;
    int needed = 1;
    final List<Ruling.Result> rulings = new ArrayList<>();
    final List<Decision> decisions = new ArrayList<>();
    String digest = DIGEST;
    Optional<String> plan = Optional.of(PLAN);
    boolean approve = true;
    boolean outdated;

    DecisionScenario person(String subject, boolean admin, String... teams) {
        person = new Person(subject, subject, Set.of(teams), admin);
        return this;
    }

    /** Somebody decided on the present plan. */
    DecisionScenario decided(String subject, boolean approved) {
        return decided(Optional.of(subject), subject, approved, true);
    }

    /** A policy decided on the present plan. */
    DecisionScenario decidedByPolicy(boolean approved) {
        return decided(Optional.empty(), "policy same-names, version 3", approved, true);
    }

    /** Somebody decided on an earlier plan. */
    DecisionScenario decidedEarlier(String subject, boolean approved) {
        return decided(Optional.of(subject), subject, approved, false);
    }

    private DecisionScenario decided(Optional<String> subject, String name, boolean approved, boolean present) {
        decisions.add(new Decision(
                approved,
                present ? PLAN : "pln_1",
                DIGEST,
                new Decision.Author(subject, Optional.empty(), 0, name),
                "I looked.",
                DECIDED_AT,
                present));
        given += approved && present ? 1 : 0;
        return this;
    }

    DecisionScenario ruled(PolicyEffect effect, Ruling.Outcome outcome, String author) {
        rulings.add(result(effect.value(), effect, outcome, author));
        return this;
    }

    static Ruling.Result result(String policy, PolicyEffect effect, Ruling.Outcome outcome, String author) {
        return new Ruling.Result(policy, 1, 1, effect, author, outcome, 0, "");
    }

    RequestDetail request() {
        Optional<Plan> planned = status == RequestStatus.PLANNING
                ? Optional.empty()
                : Optional.of(new Plan(
                        PLAN, DIGEST, List.of(), List.of(), DECIDED_AT, Duration.ZERO, cause, cause.isEmpty() ? 1 : 2));
        return new RequestDetail(
                new RequestSummary(
                        1,
                        "req_1",
                        RequestKind.CREATE_IDENTITY,
                        new RequestSummary.Standing(status, DECIDED_AT, Optional.empty(), Optional.empty()),
                        team,
                        "sandbox",
                        new RequestSubject.OfOrphans(0),
                        new RequestSummary.Asked(requestedBy, requestedBy, DECIDED_AT),
                        Optional.empty(),
                        given,
                        needed),
                "Please.",
                1,
                new RequestContent.OfOrphans(List.of()),
                planned,
                new RequestDetail.Approvals(given, needed),
                rulings,
                decisions,
                List.of());
    }

    /** What follows, if policies ruled before and have nothing to add. */
    Verdict decide() {
        Vote vote = new Vote("req_1", digest, plan, approve, "looks right");
        return DecisionRule.precheck(request(), vote, outdated)
                .orElseGet(() -> DecisionRule.decide(person, request(), vote));
    }
}
