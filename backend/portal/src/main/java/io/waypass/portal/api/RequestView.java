package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.waypass.plan.CheckCounts;
import io.waypass.request.RequestSummary;
import java.time.Instant;
import java.util.Optional;

/** A request as lists show it. Its sections are flat in the JSON. */
record RequestView(
        String id,
        String kind,
        @JsonUnwrapped StandingView standing,
        Optional<String> team,
        String cluster,
        @JsonUnwrapped RequestSubjectView about,
        String requestedBy,
        Instant requestedAt,
        Optional<CountsView> checks,
        int approvals,
        int approvalsNeeded) {

    record StandingView(
            String status, Instant statusChangedAt, Optional<String> statusMessage, Optional<String> waitingReason) {
        static StandingView of(RequestSummary.Standing standing) {
            return new StandingView(
                    standing.status().value(), standing.since(), standing.message(), standing.waitingReason());
        }
    }

    record CountsView(int passed, int warnings, int failed, int unknown) {
        static CountsView of(CheckCounts counts) {
            return new CountsView(counts.passed(), counts.warnings(), counts.failed(), counts.unknown());
        }
    }

    static RequestView of(RequestSummary summary) {
        return new RequestView(
                summary.publicId(),
                summary.kind().value(),
                StandingView.of(summary.standing()),
                summary.team(),
                summary.cluster(),
                RequestSubjectView.of(summary.subject()),
                summary.requestedByName(),
                summary.requestedAt(),
                summary.checks().map(CountsView::of),
                summary.approvals(),
                summary.approvalsNeeded());
    }
}
