package io.waypass.applier.task;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.reconcile.KeysetBehind;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a task that failed is tried again: each time later, with jitter, so that tasks that failed together do not come back together.
 *
 * @param first the first delay, without jitter
 * @param longest the longest delay that it doubles up to
 */
record RetryBackoff(Duration first, Duration longest) {

    /** Nothing answers, or this applier has not got the key: that may be over at any moment. */
    static final RetryBackoff UNAVAILABLE = new RetryBackoff(Duration.ofMillis(500), Duration.ofSeconds(5));

    /** The cluster, or the applier itself, refused. */
    static final RetryBackoff REFUSED = new RetryBackoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private static final int MOST_DOUBLINGS = 10;

    static boolean isUnavailable(@Nullable Throwable cause) {
        return cause instanceof ApiServerAway || cause instanceof KeysetBehind;
    }

    /**
     * The delay after a failure.
     *
     * @param cause why it failed; null if nobody knows
     * @param failures how often it failed before, without a success in between
     * @return at least what the API server asked for
     */
    static Duration delayAfter(@Nullable Throwable cause, int failures, RandomGenerator random) {
        Duration delay = (isUnavailable(cause) ? UNAVAILABLE : REFUSED).delay(failures, random);
        Duration asked = cause instanceof ApiServerAway away ? away.retryAfter() : Duration.ZERO;
        return delay.compareTo(asked) < 0 ? asked : delay;
    }

    /** Between half of the delay and the whole. */
    Duration delay(int failures, RandomGenerator random) {
        long doubled = first.toMillis() << Math.min(MOST_DOUBLINGS, failures);
        long bounded = Math.min(longest.toMillis(), doubled);
        return Duration.ofMillis(bounded / 2 + random.nextLong(bounded / 2 + 1));
    }
}
