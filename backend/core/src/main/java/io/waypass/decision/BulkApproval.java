package io.waypass.decision;

import io.waypass.access.Person;
import io.waypass.plan.CheckCounts;
import io.waypass.plan.Plan;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Reason;
import io.waypass.refusal.Refusal;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestStatus;
import io.waypass.request.Requests;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Approves several requests with one reason. Each plan must have passed every check, and be the one that the page showed. Each request is
 * decided on its own, under the same rules as a single one; a refusal does not affect the others.
 */
public final class BulkApproval {

    /** Maximum number of requests at once. */
    public static final int MOST = 50;

    /**
     * A request to approve.
     *
     * @param request {@code req_…}
     * @param plan public id of the plan that the person saw
     */
    public record Ballot(String request, String plan) {}

    private final Requests requests;
    private final RequestDecisions decisions;

    public BulkApproval(Requests requests, RequestDecisions decisions) {
        this.requests = requests;
        this.decisions = decisions;
    }

    /**
     * Approves requests.
     *
     * @return the refusals, by request
     * @throws InvalidInput if the reason is not valid, or there are too many requests; nothing is recorded then
     */
    public Map<String, Refusal> approve(Person person, List<Ballot> ballots, String reason) {
        Reason.required(reason, "Give a reason; the teams read it.").ifPresent(problem -> {
            throw new InvalidInput(List.of(problem));
        });
        if (ballots.size() > MOST) {
            throw new InvalidInput(
                    "/requests",
                    "requests.too-many",
                    "At most " + MOST + " requests are approved at once. Select fewer.");
        }
        Map<String, Refusal> refused = new LinkedHashMap<>();
        for (Ballot ballot : ballots) {
            try {
                RequestDetail request = requests.find(person, ballot.request());
                if (request.summary().kind().decidedByPeople()) {
                    throw new Conflict(
                            "request.decided-alone",
                            "This request is decided on its own page",
                            "What it deletes does not come back. Read its list, and decide on its own page. Your approval"
                                    + " was not recorded.");
                }
                if (request.summary().status() == RequestStatus.PENDING
                        && request.summary().checks().filter(CheckCounts::clean).isEmpty()) {
                    throw new Conflict(
                            "checks.not-clean",
                            "Not every check passed",
                            "Not every check of its plan passed. Decide on it on its own page. Your approval was not recorded.");
                }
                decisions.decide(
                        person,
                        new RequestDecisions.Vote(
                                ballot.request(),
                                request.plan().map(Plan::digest).orElse(""),
                                Optional.of(ballot.plan()),
                                true,
                                reason));
            } catch (Refusal refusal) {
                refused.put(ballot.request(), refusal);
            }
        }
        return refused;
    }
}
