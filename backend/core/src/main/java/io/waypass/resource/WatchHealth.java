package io.waypass.resource;

import java.time.Instant;
import java.util.Optional;

/**
 * An applier's last report on watching its cluster. Without it, old observations would pass as current while nothing is watched.
 *
 * @param seenAt time of the report, by the database's clock
 * @param unwatched what is not watched, and why; empty if everything is
 * @param current whether the report is at most 30 seconds old; a running applier reports every 5 seconds
 */
public record WatchHealth(Instant seenAt, Optional<String> unwatched, boolean current) {

    /** {@return whether everything is watched now} */
    public boolean clear() {
        return current && unwatched.isEmpty();
    }

    /**
     * {@return the time for which an observation is known to hold: that of the last report while everything is watched, otherwise that of
     * its last change}
     *
     * @param observedAt time of its last change
     */
    public Instant lastSeen(Instant observedAt) {
        return unwatched.isEmpty() && seenAt.isAfter(observedAt) ? seenAt : observedAt;
    }
}
