package io.waypass.cluster;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A request of one platform admin, to be decided by another, to delete exactly these objects.
 *
 * @param summary as lists show it
 * @param digest SHA-256 over the list, which a decision names
 * @param verdict what was decided
 * @param finishedAt when it came to its end
 * @param objects the list, in order
 */
public record Cleaning(
        CleaningSummary summary,
        String digest,
        Optional<Verdict> verdict,
        Optional<Instant> finishedAt,
        List<CleaningObject> objects) {

    /** Copies the list. */
    public Cleaning {
        objects = List.copyOf(objects);
    }

    /**
     * What was decided.
     *
     * @param approved yes or no
     * @param digest of the list that it is about
     * @param by subject of who decided
     * @param byName name of who decided
     * @param reason why
     * @param at when
     */
    public record Verdict(boolean approved, String digest, String by, String byName, String reason, Instant at) {}
}
