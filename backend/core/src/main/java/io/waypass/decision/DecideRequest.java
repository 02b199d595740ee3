package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.audit.AuditTrail;
import io.waypass.decision.Decisions.Author;
import io.waypass.plan.Plan;
import io.waypass.plan.Plans;
import io.waypass.policy.Policies;
import io.waypass.policy.Ruling;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Reason;
import io.waypass.refusal.Refusal;
import io.waypass.request.Decision;
import io.waypass.request.Request;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.RequestTransitions;
import io.waypass.request.Requests;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
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
public final class DecideRequest {

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

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

    private record Settled(Optional<Outcome> outcome, Optional<Refusal> refusal) {
        static Settled as(Outcome outcome) {
            return new Settled(Optional.of(outcome), Optional.empty());
        }

        static Settled refused(Refusal refusal) {
            return new Settled(Optional.empty(), Optional.of(refusal));
        }
    }

    private final TransactionOperations transactions;
    private final Requests requests;
    private final Decisions decisions;
    private final Policies policies;
    private final RequestTransitions transitions;
    private final Plans plans;
    private final AuditTrail audit;
    private final Clock clock;

    public DecideRequest(
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
        RequestSummary summary = request.summary();
        if (!person.admin()) {
            return Optional.of(new NotAllowed(
                    "admin.required", "Only platform admins decide on requests. You will see their decision here."));
        }
        if (person.subject().equals(summary.requestedBy())) {
            return Optional.of(new NotAllowed(
                    "decision.own-request", "Nobody decides on their own request. Another platform admin has to."));
        }
        if (summary.team().filter(person::memberOf).isPresent()
                && request.rulings().stream().noneMatch(ruling -> ruling.admitsOfOwnTeam(person.subject()))) {
            return Optional.of(new NotAllowed(
                    "decision.own-team",
                    "You are a member of team " + summary.team().orElseThrow()
                            + ", which asks. A platform admin who is not has to decide."));
        }
        return Optional.empty();
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
        if (!person.admin() || person.subject().equals(seen.summary().requestedBy())) {
            throw objection(person, seen).orElseThrow();
        }
        Reason.required(vote.reason(), "Give a reason; the team reads it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        // what is refused may still have moved the request on, so the refusal is thrown after the commit
        Settled settled = transactions.execute(_ -> decideLocked(person, vote));
        settled.refusal().ifPresent(refusal -> {
            throw refusal;
        });
        return settled.outcome().orElseThrow();
    }

    private Settled decideLocked(Person person, Vote vote) {
        Request held = lock(vote.request());
        RequestDetail request = requests.find(person, vote.request());
        if (request.summary().status() != RequestStatus.PENDING) {
            return Settled.refused(notPending(request));
        }
        Plan plan = request.plan().orElseThrow();
        if (!plan.digest().equals(vote.digest())) {
            return Settled.refused(new StaleDigest(vote.digest(), plan.digest()));
        }
        if (vote.plan().filter(given -> !given.equals(plan.publicId())).isPresent()) {
            return Settled.refused(new PlanOutdated("The plan was made anew while you read it: "
                    + plan.cause().orElse("something that it was based on has changed.")
                    + " The objects are the same, what was checked may not be. Your decision was not recorded. Read the"
                    + " checks again, then decide."));
        }
        if (outdated(held, request)) {
            return Settled.refused(new PlanOutdated(
                    "The catalogue, or who owns the namespace, has changed since the plan was made. It is made anew now. Your"
                            + " decision was not recorded. Read the new plan, then decide on it."));
        }
        request = judged(held, request);
        if (request.summary().status() != RequestStatus.PENDING) {
            return Settled.refused(notPending(request));
        }
        Optional<NotAllowed> objection = objection(person, request);
        if (objection.isPresent()) {
            return Settled.refused(objection.get());
        }
        Optional<Decision> earlier = request.decisions().stream()
                .filter(decision ->
                        decision.present() && decision.by().subject().equals(Optional.of(person.subject())))
                .findFirst();
        if (earlier.isPresent()) {
            return Settled.refused(new Conflict(
                    "decision.given",
                    "You have decided already",
                    "You approved this plan at " + AT.format(earlier.get().decidedAt()) + " UTC. It needs "
                            + request.approvals().needed() + " approvals, each by another platform admin."));
        }
        insert(
                held,
                plan,
                vote.approve(),
                new Author.OfPerson(person),
                vote.reason().strip());
        if (!vote.approve()) {
            transitions.perform(held, held.reject(vote.reason().strip()));
            return Settled.as(Outcome.REJECTED);
        }
        return Settled.as(settle(held, requests.find(person, vote.request())) ? Outcome.APPROVED : Outcome.NEEDS_MORE);
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
            RequestDetail request = requests.find(publicId);
            if (held.status() == RequestStatus.PENDING && !outdated(held, request)) {
                judged(held, request);
            }
        });
    }

    /** What the database says has changed since the plan was made; then it goes back to planning. */
    private boolean outdated(Request held, RequestDetail request) {
        if (!decisions.outdated(held)) {
            return false;
        }
        String cause = "The catalogue, or who owns the namespace, has changed.";
        transitions.perform(
                held,
                held.replan(cause),
                RequestTransitions.fact("portal", "request.replanned", held)
                        .with(Map.of("reason", cause))
                        .digests(request.plan().map(Plan::digest), Optional.empty()));
        return true;
    }

    /** The request after the policies were asked, if they had not been; they may have decided. */
    private RequestDetail judged(Request held, RequestDetail request) {
        Plan plan = request.plan().orElseThrow();
        if (decisions.judgedBy(plan).equals(Optional.of(policies.presentSet()))) {
            return request;
        }
        Ruling ruling = policies.rule(PolicyCases.of(request, clock.instant()));
        boolean peopleOnly = ruling.peopleOnly() || held.kind().decidedByPeople();
        decisions.keep(plan, ruling, peopleOnly, clock.instant());
        if (ruling.denial().isPresent()) {
            Ruling.Result denial = ruling.denial().get();
            insert(held, plan, false, new Author.OfPolicy(denial), denial.message());
            transitions.perform(held, held.reject(denial.message()));
        } else {
            if (!held.kind().decidedByPeople()) {
                ruling.approvals()
                        .forEach(approval -> insert(
                                held,
                                plan,
                                true,
                                new Author.OfPolicy(approval),
                                approval.message().isEmpty() ? "The rule holds." : approval.message()));
            }
            settle(held, requests.find(held.publicId()));
        }
        return requests.find(held.publicId());
    }

    private void insert(Request held, Plan plan, boolean approve, Author author, String reason) {
        if (decisions.insert(held, plan, author, approve, reason, clock.instant())) {
            audit.append(RequestTransitions.fact(author.name(), approve ? "request.approved" : "request.rejected", held)
                    .with(Map.of("reason", reason))
                    .digests(plans.appliedDigest(held.resourceId()), Optional.of(plan.digest())));
        }
    }

    /** With the last approval everything that follows commits. */
    private boolean settle(Request held, RequestDetail request) {
        if (!request.approvals().enough()) {
            return false;
        }
        transitions.perform(
                held,
                held.approve(),
                RequestTransitions.fact("portal", "request.quorum-reached", held)
                        .with(Map.of(
                                "approvals",
                                        Integer.toString(request.approvals().given()),
                                "needed", Integer.toString(request.approvals().needed())))
                        .digests(
                                plans.appliedDigest(held.resourceId()),
                                request.summary().planDigest()));
        return true;
    }

    private Request lock(String publicId) {
        return transitions.lock(publicId).orElseThrow(() -> new NotFound("request", publicId));
    }

    private static Conflict notPending(RequestDetail request) {
        RequestStatus status = request.summary().status();
        String who = request.decisions().stream()
                .filter(Decision::present)
                .findFirst()
                .map(decision -> " " + decision.by().name() + " " + (decision.approved() ? "approved" : "rejected")
                        + " it at " + AT.format(decision.decidedAt()) + " UTC: “" + decision.reason() + "”.")
                .orElse("");
        return new Conflict(
                "request.not-pending",
                "This request waits for no decision",
                "It is " + status.value() + "." + who + " Your decision was not recorded.");
    }
}
