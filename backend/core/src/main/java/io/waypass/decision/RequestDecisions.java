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
 * Deciding on one plan, named by its digest. The policies are asked first; then platform admins decide, as many as it takes. Nobody
 * decides on an own request, or on one of an own team, unless a policy says that the team may. With the last approval the
 * resource's new desired revision, the audit row and the apply task commit together.
 *
 * <p>Whoever decides holds the request's row, so of two at once the second sees what the first did.
 */
public final class RequestDecisions {

    private static final int ROUND = 200;

    /** What became of a decision. */
    public enum Outcome {
        /** The plan has as many approvals as it takes, and is applied. */
        APPROVED,
        /** It was approved, and needs more approvals. */
        NEEDS_MORE,
        /** It was rejected. */
        REJECTED
    }

    /**
     * A person's decision.
     *
     * @param request {@code req_…}
     * @param digest of the plan that the person saw
     * @param plan public id of the plan that the person saw; empty if only the digest is known
     * @param approve yes or no
     * @param reason why; the team reads it
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

    /**
     * Why a person may not decide on a request, whatever its status; for pages, which then offer no form.
     *
     * @param person who would decide
     * @param request the request
     * @return the refusal, empty if the person may
     */
    public Optional<NotAllowed> objection(Person person, RequestDetail request) {
        return DecisionRule.objection(person, request);
    }

    /**
     * Decides.
     *
     * @param person a platform admin
     * @param vote on which plan, yes or no, and why
     * @return what became of it
     * @throws Refusal if it may not be, if it is about another plan than the present one, or if somebody was first
     */
    public Outcome decide(Person person, Vote vote) {
        RequestDetail seen = requests.find(person, vote.request());
        DecisionRule.lastingObjection(person, seen.summary()).ifPresent(objection -> {
            throw objection;
        });
        Reason.required(vote.reason(), "Give a reason; the team reads it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        // what is refused may still have moved the request on, so the refusal is thrown after the commit
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
     * Requests that wait and were not yet judged by the present set of policies.
     *
     * @return {@code req_…}, oldest first, a round's worth
     */
    public List<String> unjudged() {
        return decisions.unjudged(ROUND);
    }

    /**
     * Asks the policies about a request, if it waits for a decision.
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

    /** The request after the policies were asked, if they had not been; they may have decided. */
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

    /** Which of the recorded approvals count, and how many it takes, depends on what was just ruled. */
    private Verdict approveIfEnough(Request held) {
        RequestDetail present = requests.find(held.publicId());
        if (!present.approvals().enough()) {
            return new Verdict.MoreNeeded(present.approvals());
        }
        approve(held, present, present.approvals());
        return new Verdict.Approved(present.approvals());
    }

    private void replan(Request held, RequestDetail request) {
        String cause = "The catalogue, or who owns the namespace, has changed.";
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

    /** With the last approval everything that follows commits. */
    private void approve(Request held, RequestDetail request, Approvals approvals) {
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
