package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.decision.RequestDecisions.Vote;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.Refusal;
import io.waypass.request.Decision;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestDetail.Approvals;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Rules about who may decide on a request, and what follows from a vote or from the policies' ruling. Nothing is read or written here;
 * {@link RequestDecisions} carries out the result.
 */
final class DecisionRule {

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

    /** Result of a person's vote. */
    sealed interface Verdict {

        /** The vote is not recorded. */
        record Refused(Refusal refusal) implements Verdict {}

        /** The vote is not recorded, and the request goes back to planning. */
        record Outdated(PlanOutdated refusal) implements Verdict {}

        /** The vote is recorded, and the request is rejected. */
        record Rejected() implements Verdict {}

        /** The vote is recorded, and the plan has enough approvals. */
        record Approved(Approvals approvals) implements Verdict {}

        /** The vote is recorded, and the plan needs more approvals. */
        record MoreNeeded(Approvals approvals) implements Verdict {}
    }

    /** Result of the policies' ruling. */
    sealed interface PolicyVerdict {

        /** A policy rejects the request. */
        record Denied(Ruling.Result policy) implements PolicyVerdict {}

        /** Each of these policies approves; there may be none. */
        record ApprovedBy(List<Ruling.Result> policies) implements PolicyVerdict {

            public ApprovedBy {
                policies = List.copyOf(policies);
            }
        }

        /** No policy approves, and earlier approvals by policies do not count. */
        record PeopleOnly() implements PolicyVerdict {}

        /** {@return whether only people's approvals count} */
        default boolean peopleOnly() {
            return !(this instanceof ApprovedBy);
        }
    }

    private DecisionRule() {}

    /** Objection to a person's decision that holds in any status, whatever policies say. */
    static Optional<NotAllowed> lastingObjection(Person person, RequestSummary request) {
        if (!person.admin()) {
            return Optional.of(new NotAllowed(
                    "admin.required", "Only platform admins decide on requests. You will see their decision here."));
        }
        if (person.subject().equals(request.requestedBy())) {
            return Optional.of(new NotAllowed(
                    "decision.own-request", "Nobody decides on their own request. Another platform admin has to."));
        }
        return Optional.empty();
    }

    /** Objection to a person's decision that holds in any status, given the policies' ruling so far. */
    static Optional<NotAllowed> objection(Person person, RequestDetail request) {
        return lastingObjection(person, request.summary()).or(() -> ownTeam(person, request));
    }

    private static Optional<NotAllowed> ownTeam(Person person, RequestDetail request) {
        return request.summary()
                .team()
                .filter(person::memberOf)
                .filter(_ -> request.rulings().stream().noneMatch(ruling -> ruling.admitsOfOwnTeam(person.subject())))
                .map(team -> new NotAllowed(
                        "decision.own-team",
                        "You are a member of team " + team
                                + ", which asks. A platform admin who is not has to decide."));
    }

    /**
     * Checks whether a vote on the plan can count at all, before policies are evaluated.
     *
     * @param outdated whether what the present plan was made from has changed in the database
     */
    static Optional<Verdict> precheck(RequestDetail request, Vote vote, boolean outdated) {
        if (request.summary().status() != RequestStatus.PENDING) {
            return refused(notPending(request));
        }
        Plan plan = request.plan().orElseThrow();
        if (!plan.digest().equals(vote.digest())) {
            return refused(new StaleDigest(vote.digest(), plan.digest()));
        }
        if (vote.plan().filter(given -> !given.equals(plan.publicId())).isPresent()) {
            return refused(new PlanOutdated("The plan was made anew while you read it: "
                    + plan.cause().orElse("something that it was based on has changed.")
                    + " The objects are the same, what was checked may not be. Your decision was not recorded. Read the"
                    + " checks again, then decide."));
        }
        if (outdated) {
            return Optional.of(new Verdict.Outdated(new PlanOutdated(
                    "The catalogue, or who owns the namespace, has changed since the plan was made. It is made anew now. Your"
                            + " decision was not recorded. Read the new plan, then decide on it.")));
        }
        return Optional.empty();
    }

    /** Result of a vote that passed {@link #precheck}, on the request after the policies' ruling. */
    static Verdict decide(Person person, RequestDetail request, Vote vote) {
        if (request.summary().status() != RequestStatus.PENDING) {
            return new Verdict.Refused(notPending(request));
        }
        Optional<NotAllowed> objection = objection(person, request);
        if (objection.isPresent()) {
            return new Verdict.Refused(objection.get());
        }
        Optional<Decision> earlier = request.decisions().stream()
                .filter(decision ->
                        decision.present() && decision.by().subject().equals(Optional.of(person.subject())))
                .findFirst();
        if (earlier.isPresent()) {
            return new Verdict.Refused(givenAlready(earlier.get(), request.approvals()));
        }
        if (!vote.approve()) {
            return new Verdict.Rejected();
        }
        Approvals approvals = new Approvals(
                request.approvals().given() + 1, request.approvals().needed());
        return approvals.enough() ? new Verdict.Approved(approvals) : new Verdict.MoreNeeded(approvals);
    }

    /** Result of the policies' ruling on a request of a kind. */
    static PolicyVerdict decide(RequestKind kind, Ruling ruling) {
        if (ruling.denial().isPresent()) {
            return new PolicyVerdict.Denied(ruling.denial().get());
        }
        return ruling.peopleOnly() || kind.decidedByPeople()
                ? new PolicyVerdict.PeopleOnly()
                : new PolicyVerdict.ApprovedBy(ruling.approvals());
    }

    private static Optional<Verdict> refused(Refusal refusal) {
        return Optional.of(new Verdict.Refused(refusal));
    }

    private static Conflict givenAlready(Decision earlier, Approvals approvals) {
        return new Conflict(
                "decision.given",
                "You have decided already",
                "You approved this plan at " + AT.format(earlier.decidedAt()) + " UTC. It needs " + approvals.needed()
                        + " approvals, each by another platform admin.");
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
