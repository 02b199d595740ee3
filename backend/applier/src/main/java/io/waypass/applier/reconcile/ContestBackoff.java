package io.waypass.applier.reconcile;

import io.waypass.resource.ResourceEvents.Restored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * Backoff for an object that others change after each restoration.
 *
 * @param freeRounds number of immediate restorations; after that the wait doubles each time
 */
record ContestBackoff(int freeRounds, Duration firstWait, Duration longestWait) {

    static final ContestBackoff STANDARD = new ContestBackoff(5, Duration.ofSeconds(10), Duration.ofMinutes(10));

    private static final int MOST_DOUBLINGS = 10;

    /**
     * A contest during which the object is left alone.
     *
     * @param times number of restorations, or removals, in vain
     * @param until time of the next attempt
     */
    record Contest(int times, Instant until) {

        String sentence() {
            return "It was restored " + times + " times and changed again each time; it is tried again at "
                    + until.truncatedTo(ChronoUnit.SECONDS) + ".";
        }
    }

    /** The contest over an object; empty if it may be restored now. */
    Optional<Contest> contest(Optional<Restored> past, Instant now) {
        return past.filter(restored -> restored.times() >= freeRounds)
                .map(restored -> new Contest(restored.times(), restored.last().plus(pause(restored.times()))))
                .filter(contest -> now.isBefore(contest.until()));
    }

    /** The wait after so many restorations in vain. */
    Duration pause(int times) {
        if (times < freeRounds) {
            return Duration.ZERO;
        }
        Duration doubled = firstWait.multipliedBy(1L << Math.min(MOST_DOUBLINGS, times - freeRounds));
        return doubled.compareTo(longestWait) > 0 ? longestWait : doubled;
    }
}
