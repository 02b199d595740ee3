package io.waypass.request;

import io.waypass.plan.CheckCounts;
import java.time.Instant;
import java.util.Optional;

/**
 * A request as lists show it.
 *
 * @param id key inside the database
 * @param publicId {@code req_…}
 * @param kind what it proposes
 * @param standing where it stands
 * @param team slug of the team that asks; empty if the platform's admins do
 * @param cluster name
 * @param subject what it is about
 * @param asked who asked, and when
 * @param present its present plan; empty without one
 * @param approvals how many approvals the present plan has
 * @param approvalsNeeded how many it takes
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
     * Where a request stands.
     *
     * @param status its status
     * @param since when it got there
     * @param message why it is invalid, rejected, withdrawn or failed
     * @param waitingReason what the applier waits for, such as an API server that does not answer
     */
    public record Standing(
            RequestStatus status, Instant since, Optional<String> message, Optional<String> waitingReason) {}

    /**
     * Who asked.
     *
     * @param by subject of the person
     * @param name for people
     * @param at when
     */
    public record Asked(String by, String name, Instant at) {}

    /**
     * A request's present plan.
     *
     * @param publicId {@code pln_…}
     * @param digest what a decision names
     * @param checks how its checks went
     */
    public record PresentPlan(String publicId, String digest, CheckCounts checks) {}

    /** {@return what it is about, in one line} */
    public String title() {
        return subject.title(cluster);
    }

    /** {@return what it is about, if that is an identity} */
    public Optional<RequestSubject.OfIdentity> identity() {
        return subject instanceof RequestSubject.OfIdentity identity ? Optional.of(identity) : Optional.empty();
    }

    /** {@return its status} */
    public RequestStatus status() {
        return standing.status();
    }

    /** {@return when it got its status} */
    public Instant statusChangedAt() {
        return standing.since();
    }

    /** {@return why it has its status} */
    public Optional<String> statusMessage() {
        return standing.message();
    }

    /** {@return what the applier waits for} */
    public Optional<String> waitingReason() {
        return standing.waitingReason();
    }

    /** {@return subject of the person who asked} */
    public String requestedBy() {
        return asked.by();
    }

    /** {@return name of the person who asked} */
    public String requestedByName() {
        return asked.name();
    }

    /** {@return when it was asked for} */
    public Instant requestedAt() {
        return asked.at();
    }

    /** {@return how the checks of the present plan went} */
    public Optional<CheckCounts> checks() {
        return present.map(PresentPlan::checks);
    }

    /** {@return public id of the present plan} */
    public Optional<String> plan() {
        return present.map(PresentPlan::publicId);
    }

    /** {@return digest of the present plan} */
    public Optional<String> planDigest() {
        return present.map(PresentPlan::digest);
    }
}
