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
 * @param title what it is about
 * @param identity that it is about; null if it is about anything else
 * @param kind as written
 * @param team slug; null if the platform's admins ask
 * @param status as written
 * @param next who acts next: {@code admin}, {@code waypass}, {@code team} or {@code nobody}
 * @param note what it waits for, or why it ended
 * @param since when it was asked for
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

    /**
     * Shows a request.
     *
     * @param summary which
     * @param now the present
     * @return the row
     */
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
