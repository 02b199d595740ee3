package io.waypass.applier.reconcile;

import io.waypass.resource.ResourceEvents.Restored;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How long an object that others change again each time is left alone before it is restored once more.
 *
 * @param freeRounds how often an object is restored at once; then the wait begins, and doubles
 * @param firstWait the first wait
 * @param longestWait the longest wait
 */
record ContestBackoff(int freeRounds, Duration firstWait, Duration longestWait) {

    static final ContestBackoff STANDARD = new ContestBackoff(5, Duration.ofSeconds(10), Duration.ofMinutes(10));

    private static final int MOST_DOUBLINGS = 10;

    /**
     * An object that is left alone for now.
     *
     * @param times how often it was restored, or removed, in vain
     * @param until when it is tried again
     */
    record Contest(int times, Instant until) {

        String sentence() {
            return "It was restored " + times + " times and changed again each time; it is tried again at "
                    + until.truncatedTo(ChronoUnit.SECONDS) + ".";
        }
    }

    /** The contest over an object, as long as it has to wait. */
    Optional<Contest> contest(Optional<Restored> past, Instant now) {
        return past.filter(restored -> restored.times() >= freeRounds)
                .map(restored -> new Contest(restored.times(), restored.last().plus(pause(restored.times()))))
                .filter(contest -> now.isBefore(contest.until()));
    }

    /** The wait after an object was restored in vain so often. */
    Duration pause(int times) {
        if (times < freeRounds) {
            return Duration.ZERO;
        }
        Duration doubled = firstWait.multipliedBy(1L << Math.min(MOST_DOUBLINGS, times - freeRounds));
        return doubled.compareTo(longestWait) > 0 ? longestWait : doubled;
    }
}
