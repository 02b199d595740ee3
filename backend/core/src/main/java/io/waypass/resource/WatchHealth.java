package io.waypass.resource;

import java.time.Instant;
import java.util.Optional;

/**
 * What an applier said last of its watching a cluster. Without it, what was observed would look as fresh while nobody looks.
 *
 * @param seenAt when it said so, by the database's clock
 * @param unwatched what it does not see, and why, in its words; empty if it sees everything that is kept
 * @param current whether it said so within the last 30 seconds; it does so every 5 while it lives
 */
public record WatchHealth(Instant seenAt, Optional<String> unwatched, boolean current) {

    /** {@return whether everything that is kept is watched now} */
    public boolean clear() {
        return current && unwatched.isEmpty();
    }

    /**
     * Tells when something was seen last: while everything is watched, what was observed at its last change is seen to be still so.
     *
     * @param observedAt when it was observed to change last
     * @return that, or when its cluster was watched last, if that is later
     */
    public Instant lastSeen(Instant observedAt) {
        return unwatched.isEmpty() && seenAt.isAfter(observedAt) ? seenAt : observedAt;
    }
}
