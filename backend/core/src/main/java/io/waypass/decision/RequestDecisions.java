package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.decision.DecisionRule.PolicyVerdict;
import io.waypass.decision.DecisionRule.Verdict;
import io.waypass.decision.Decisions.Author;
import io.waypass.plan.Plan;
import io.waypass.plan.Plans;
import io.waypass.policy.Policies;
import io.waypass.policy.Ruling;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Reason;
import io.waypass.refusal.Refusal;
import io.waypass.request.Request;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestDetail.Approvals;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.request.Requests;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/**
 * Decides on one plan, named by its digest. Policies are evaluated first; then platform admins decide, as many as the plan needs. Nobody
 * decides on their own request, or on one of their own team unless a policy allows it. With the last approval the resource's new desired
 * revision, the audit row and the reconcile task commit together.
 *
 * <p>A decision locks the request, so the second of two concurrent decisions sees the effect of the first.
 */
public final class RequestDecisions {

    private static final int ROUND = 200;

    /** Outcome of a person's decision. */
    public enum Outcome {
        /** The plan has enough approvals, and is applied. */
        APPROVED,
        /** The plan is approved, and needs more approvals. */
        NEEDS_MORE,
        /** The request is rejected. */
        REJECTED
    }

    /**
     * A person's decision.
     *
     * @param request {@code req_…}
     * @param digest of the plan that the person saw
     * @param plan public id of the plan that the person saw; empty if only the digest is known
     * @param reason for the team
     */
    public record Vote(String request, String digest, Optional<String> plan, boolean approve, String reason) {}

    private final TransactionOperations transactions;
    private final Requests requests;
    private final Decisions decisions;
    private final Policies policies;
    private final RequestTransitions transitions;
    private final Plans plans;
    private final AuditTrail audit;
    private final Clock clock;

    public RequestDecisions(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Requests requests,
            Policies policies,
            RequestTransitions transitions,
            Plans plans,
            AuditTrail audit,
            Clock clock) {
        this.transactions = transactions;
        this.requests = requests;
        this.decisions = new Decisions(jdbc, json);
        this.policies = policies;
        this.transitions = transitions;
        this.plans = plans;
        this.audit = audit;
        this.clock = clock;
    }

    /** {@return why a person may not decide on a request in any status, so that pages offer no form; empty if the person may} */
    public Optional<NotAllowed> objection(Person person, RequestDetail request) {
        return DecisionRule.objection(person, request);
    }

    /**
     * Records a person's decision.
     *
     * @throws Refusal if the person may not decide, the vote is about another plan than the present one, or the request is already
     *     decided
     */
    public Outcome decide(Person person, Vote vote) {
        RequestDetail seen = requests.find(person, vote.request());
        DecisionRule.lastingObjection(person, seen.summary()).ifPresent(objection -> {
            throw objection;
        });
        Reason.required(vote.reason(), "Give a reason; the team reads it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        // a refused vote may still have changed the request's status, so the refusal is thrown after the commit
        Verdict verdict = transactions.execute(_ -> decideLocked(person, vote));
        return switch (verdict) {
            case Verdict.Refused refused -> throw refused.refusal();
            case Verdict.Outdated outdated -> throw outdated.refusal();
            case Verdict.Rejected _ -> Outcome.REJECTED;
            case Verdict.Approved _ -> Outcome.APPROVED;
            case Verdict.MoreNeeded _ -> Outcome.NEEDS_MORE;
        };
    }

    private Verdict decideLocked(Person person, Vote vote) {
        Request held = lock(vote.request());
        RequestDetail request = requests.find(person, vote.request());
        Verdict verdict = DecisionRule.precheck(request, vote, decisions.outdated(held))
                .orElseGet(() -> DecisionRule.decide(person, judged(held, request), vote));
        return carryOut(verdict, held, request, person, vote);
    }

    private Verdict carryOut(Verdict verdict, Request held, RequestDetail request, Person person, Vote vote) {
        String reason = vote.reason().strip();
        switch (verdict) {
            case Verdict.Refused _ -> {}
            case Verdict.Outdated _ -> replan(held, request);
            case Verdict.Rejected _ -> {
                recordDecision(held, request, new Author.OfPerson(person), false, reason);
                transitions.perform(held, held.reject(reason));
            }
            case Verdict.Approved _, Verdict.MoreNeeded _ -> {
                recordDecision(held, request, new Author.OfPerson(person), true, reason);
                // how many it takes may have changed since it was read
                return approveIfEnough(held);
            }
        }
        return verdict;
    }

    /**
     * {@return requests that wait and were not evaluated by the present policy set, {@code req_…}, oldest first, at most a round's worth}
     */
    public List<String> unjudged() {
        return decisions.unjudged(ROUND);
    }

    /**
     * Evaluates the policies for a request, if it waits for a decision.
     *
     * @param publicId {@code req_…}
     */
    public void askPolicies(String publicId) {
        transactions.executeWithoutResult(_ -> {
            Request held = lock(publicId);
            if (held.status() != RequestStatus.PENDING) {
                return;
            }
            RequestDetail request = requests.find(publicId);
            if (decisions.outdated(held)) {
                replan(held, request);
            } else {
                judged(held, request);
            }
        });
    }

    /** Evaluates the policies if they were not; returns the request, which they may have decided. */
    private RequestDetail judged(Request held, RequestDetail request) {
        if (decisions.judgedBy(plan(request)).equals(Optional.of(policies.presentSet()))) {
            return request;
        }
        Ruling ruling = policies.rule(PolicyCases.of(request, clock.instant()));
        PolicyVerdict verdict = DecisionRule.decide(held.kind(), ruling);
        decisions.keep(plan(request), ruling, verdict.peopleOnly(), clock.instant());
        switch (verdict) {
            case PolicyVerdict.Denied(Ruling.Result policy) -> {
                recordDecision(held, request, new Author.OfPolicy(policy), false, policy.message());
                transitions.perform(held, held.reject(policy.message()));
            }
            case PolicyVerdict.ApprovedBy(List<Ruling.Result> approving) -> {
                for (Ruling.Result policy : approving) {
                    String reason = policy.message().isEmpty() ? "The rule holds." : policy.message();
                    recordDecision(held, request, new Author.OfPolicy(policy), true, reason);
                }
                approveIfEnough(held);
            }
            case PolicyVerdict.PeopleOnly() -> approveIfEnough(held);
        }
        return requests.find(held.publicId());
    }

    /** Approves the request if what was just recorded completes the approvals; reads again which count, and how many are needed. */
    private Verdict approveIfEnough(Request held) {
        RequestDetail present = requests.find(held.publicId());
        if (!present.approvals().enough()) {
            return new Verdict.MoreNeeded(present.approvals());
        }
        approve(held, present);
        return new Verdict.Approved(present.approvals());
    }

    private void replan(Request held, RequestDetail request) {
        String cause = Plan.BASIS_CHANGED;
        transitions.perform(
                held,
                held.replan(cause),
                RequestTransitions.fact("portal", "request.replanned", held)
                        .with(Map.of("reason", cause))
                        .digests(request.plan().map(Plan::digest), Optional.empty()));
    }

    private void recordDecision(Request held, RequestDetail request, Author author, boolean approve, String reason) {
        Plan plan = plan(request);
        if (decisions.insert(held, plan, author, approve, reason, clock.instant())) {
            audit.append(RequestTransitions.fact(author.name(), approve ? "request.approved" : "request.rejected", held)
                    .with(Map.of("reason", reason))
                    .digests(plans.appliedDigest(held.resourceId()), Optional.of(plan.digest())));
        }
    }

    /** Commits everything that follows from the last approval. */
    private void approve(Request held, RequestDetail request) {
        Approvals approvals = request.approvals();
        transitions.perform(
                held,
                held.approve(),
                RequestTransitions.fact("portal", "request.quorum-reached", held)
                        .with(Map.of(
                                "approvals", Integer.toString(approvals.given()),
                                "needed", Integer.toString(approvals.needed())))
                        .digests(
                                plans.appliedDigest(held.resourceId()),
                                request.summary().planDigest()));
    }

    private static Plan plan(RequestDetail request) {
        return request.plan().orElseThrow();
    }

    private Request lock(String publicId) {
        return transitions.lock(publicId).orElseThrow(() -> new NotFound("request", publicId));
    }
}
