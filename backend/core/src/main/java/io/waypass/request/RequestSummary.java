package io.waypass.request;

import io.waypass.plan.CheckCounts;
import java.time.Instant;
import java.util.Optional;

/**
 * A request as lists show it.
 *
 * @param id key inside the database
 * @param publicId {@code req_…}
 * @param team slug of the requesting team; empty for platform admins
 * @param cluster name
 * @param present its present plan; empty without one
 * @param approvals number of approvals of the present plan
 * @param approvalsNeeded number of approvals that it needs
 */
public record RequestSummary(
        long id,
        String publicId,
        RequestKind kind,
        Standing standing,
        Optional<String> team,
        String cluster,
        RequestSubject subject,
        Asked asked,
        Optional<PresentPlan> present,
        int approvals,
        int approvalsNeeded) {

    /**
     * Status of a request.
     *
     * @param since time of the last change of the status
     * @param message why it is invalid, rejected, withdrawn or failed
     * @param waitingReason what the applier waits for, such as an API server that does not answer
     */
    public record Standing(
            RequestStatus status, Instant since, Optional<String> message, Optional<String> waitingReason) {}

    /**
     * The requester.
     *
     * @param by subject of the person
     * @param name for people
     * @param at time of the submission
     */
    public record Asked(String by, String name, Instant at) {}

    /**
     * A request's present plan.
     *
     * @param publicId {@code pln_…}
     */
    public record PresentPlan(String publicId, String digest, CheckCounts checks) {}

    /** {@return one line about its subject} */
    public String title() {
        return subject.title(cluster);
    }

    /** {@return the subject, if it is an identity} */
    public Optional<RequestSubject.OfIdentity> identity() {
        return subject instanceof RequestSubject.OfIdentity identity ? Optional.of(identity) : Optional.empty();
    }

    public RequestStatus status() {
        return standing.status();
    }

    public Instant statusChangedAt() {
        return standing.since();
    }

    public Optional<String> statusMessage() {
        return standing.message();
    }

    public Optional<String> waitingReason() {
        return standing.waitingReason();
    }

    public String requestedBy() {
        return asked.by();
    }

    public String requestedByName() {
        return asked.name();
    }

    public Instant requestedAt() {
        return asked.at();
    }

    public Optional<CheckCounts> checks() {
        return present.map(PresentPlan::checks);
    }

    /** {@return public id of the present plan} */
    public Optional<String> plan() {
        return present.map(PresentPlan::publicId);
    }

    public Optional<String> planDigest() {
        return present.map(PresentPlan::digest);
    }
}
