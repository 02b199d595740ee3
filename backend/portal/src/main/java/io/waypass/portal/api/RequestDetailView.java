package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.waypass.plan.Plan;
import io.waypass.policy.Ruling;
import io.waypass.request.Attempt;
import io.waypass.request.Decision;
import io.waypass.request.RequestDetail;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A request in full, without its plan. */
record RequestDetailView(
        RequestView request,
        String reason,
        int revision,
        Optional<String> planDigest,
        @JsonUnwrapped RequestSubjectView.ContentView content,
        List<DecisionView> decisions,
        List<PolicyAnswerView> policies,
        List<AttemptView> attempts) {

    record DecisionView(
            String verdict,
            String plan,
            String digest,
            String decidedBy,
            Optional<String> policy,
            Optional<Integer> policyVersion,
            String reason,
            Instant decidedAt,
            boolean present) {
        static DecisionView of(Decision decision) {
            return new DecisionView(
                    decision.approved() ? "approved" : "rejected",
                    decision.plan(),
                    decision.planDigest(),
                    decision.by().name(),
                    decision.by().policy(),
                    decision.by().policy().map(_ -> decision.by().version()),
                    decision.reason(),
                    decision.decidedAt(),
                    decision.present());
        }
    }

    record PolicyAnswerView(String policy, int version, String effect, String outcome, String message) {
        static PolicyAnswerView of(Ruling.Result result) {
            return new PolicyAnswerView(
                    result.policy(),
                    result.version(),
                    result.effect().value(),
                    result.outcome().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    result.message());
        }
    }

    record AttemptView(
            String task,
            int number,
            Instant startedAt,
            Optional<Instant> finishedAt,
            Optional<String> outcome,
            Optional<String> message) {
        static AttemptView of(Attempt attempt) {
            return new AttemptView(
                    attempt.task(),
                    attempt.number(),
                    attempt.startedAt(),
                    attempt.finishedAt(),
                    attempt.outcome(),
                    attempt.message());
        }
    }

    static RequestDetailView of(RequestDetail detail) {
        return new RequestDetailView(
                RequestView.of(detail.summary()),
                detail.reason(),
                detail.revision(),
                detail.plan().map(Plan::digest),
                RequestSubjectView.ContentView.of(detail.content()),
                detail.decisions().stream().map(DecisionView::of).toList(),
                detail.rulings().stream().map(PolicyAnswerView::of).toList(),
                detail.attempts().stream().map(AttemptView::of).toList());
    }
}
