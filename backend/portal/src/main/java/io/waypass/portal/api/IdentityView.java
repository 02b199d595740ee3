package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.waypass.identity.IdentitySummary;
import io.waypass.resource.Condition;
import io.waypass.resource.WatchHealth;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** An identity as lists show it. Its sections are flat in the JSON. */
record IdentityView(
        String id,
        String team,
        String cluster,
        @JsonUnwrapped CallView call,
        @JsonUnwrapped RevisionsView revisions,
        Optional<String> subject,
        Optional<Instant> notAfter,
        Optional<WatchView> watch,
        List<ConditionView> conditions) {

    record RevisionsView(
            Optional<Integer> desiredRevision,
            Optional<Integer> appliedRevision,
            Optional<Integer> retiredRevision,
            boolean retiring) {
        static RevisionsView of(IdentitySummary.Revisions revisions) {
            return new RevisionsView(
                    revisions.desired(), revisions.applied(), revisions.retired(), revisions.retiring());
        }
    }

    record WatchView(boolean current, Instant seenAt, Optional<String> unwatched) {
        static WatchView of(WatchHealth health) {
            return new WatchView(health.current(), health.seenAt(), health.unwatched());
        }
    }

    record ConditionView(
            String type, String status, String reason, String message, Instant lastTransitionAt, Instant observedAt) {
        static ConditionView of(Condition condition) {
            return new ConditionView(
                    condition.type().value(),
                    condition.status().value(),
                    condition.reason(),
                    condition.message(),
                    condition.lastTransitionAt(),
                    condition.observedAt());
        }
    }

    static IdentityView of(IdentitySummary summary) {
        return new IdentityView(
                summary.publicId(),
                summary.team(),
                summary.cluster(),
                CallView.of(summary.call()),
                RevisionsView.of(summary.revisions()),
                summary.subject(),
                summary.notAfter(),
                summary.watch().map(WatchView::of),
                summary.conditions().stream().map(ConditionView::of).toList());
    }
}
