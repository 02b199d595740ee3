package io.waypass.portal.page.request;

import io.waypass.portal.page.Moment;
import io.waypass.portal.page.RequestedIdentity;
import io.waypass.request.RequestSummary;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A request as lists show it.
 *
 * @param id {@code req_…}
 * @param identity null if the request is about something else
 * @param kind value of the kind
 * @param team slug; null for platform admins
 * @param status value of the status
 * @param next who acts next: {@code admin}, {@code waypass}, {@code team} or {@code nobody}
 * @param note what it waits for, or why it ended
 * @param since time of the submission
 */
public record RequestRow(
        String id,
        String title,
        @Nullable RequestedIdentity identity,
        String kind,
        @Nullable String team,
        String status,
        String next,
        @Nullable String note,
        Moment since) {

    public static RequestRow of(RequestSummary summary, Instant now) {
        return new RequestRow(
                summary.publicId(),
                summary.title(),
                RequestedIdentity.of(summary),
                summary.kind().value(),
                summary.team().orElse(null),
                summary.status().value(),
                next(summary),
                summary.waitingReason().or(summary::statusMessage).orElse(null),
                Moment.of(summary.requestedAt(), now));
    }

    static String next(RequestSummary summary) {
        return switch (summary.status()) {
            case PENDING -> "admin";
            case PLANNING, APPROVED, APPLYING, FAILED -> "waypass";
            case INVALID, REJECTED -> summary.team().isPresent() ? "team" : "nobody";
            case APPLIED, WITHDRAWN, SUPERSEDED -> "nobody";
        };
    }
}
