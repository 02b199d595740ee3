package io.waypass.applier.task;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.reconcile.KeysetBehind;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Delay before a failed task is retried: it doubles, with jitter, so that tasks that failed together are not retried
 * together.
 *
 * @param first the first delay, without jitter
 * @param longest the upper limit
 */
record RetryBackoff(Duration first, Duration longest) {

    /** Nothing answers, or this applier does not have the key: that may change at any moment. */
    static final RetryBackoff UNAVAILABLE = new RetryBackoff(Duration.ofMillis(500), Duration.ofSeconds(5));

    /** The cluster, or the applier itself, refused. */
    static final RetryBackoff REFUSED = new RetryBackoff(Duration.ofMillis(500), Duration.ofSeconds(30));

    private static final int MOST_DOUBLINGS = 10;

    static boolean isUnavailable(@Nullable Throwable cause) {
        return cause instanceof ApiServerAway || cause instanceof KeysetBehind;
    }

    /**
     * Delay after a failure.
     *
     * @param cause of the failure; null if unknown
     * @param failures number of earlier failures since the last success
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
