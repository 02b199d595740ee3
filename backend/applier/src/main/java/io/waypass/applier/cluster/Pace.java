package io.waypass.applier.cluster;

import io.github.resilience4j.ratelimiter.RateLimiter;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Limits the rate of calls to the API server. It starts at the configured rate, halves when the API server answers 429,
 * and rises a little with every quiet second; after a Retry-After no call is made before that time. Thread-safe.
 */
public final class Pace {

    private static final Logger LOG = LoggerFactory.getLogger(Pace.class);

    private static final Duration PERIOD = Duration.ofMillis(100);
    private static final int PERIODS_A_SECOND = 10;

    /** Upper bound of a Retry-After, which may be wrong. */
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final RateLimiter limiter;
    private final int fastest;
    private final Duration patience;
    private final LongSupplier nanoTime;
    private final LongConsumer pauseForNanos;
    private volatile long pausedUntil;
    private volatile boolean ended;
    private int present;
    private long lastChange;

    /**
     * @param callsASecond maximum rate, at least 10
     * @param patience maximum time that a call waits for a permit
     */
    public Pace(int callsASecond, Duration patience) {
        this(callsASecond, patience, System::nanoTime, LockSupport::parkNanos);
    }

    Pace(int callsASecond, Duration patience, LongSupplier nanoTime, LongConsumer pauseForNanos) {
        this.nanoTime = nanoTime;
        this.pauseForNanos = pauseForNanos;
        pausedUntil = nanoTime.getAsLong();
        lastChange = pausedUntil;
        fastest = Math.max(1, callsASecond / PERIODS_A_SECOND);
        present = fastest;
        this.patience = patience;
        limiter = RateLimiter.of(
                "api-server",
                RateLimiterConfig.custom()
                        .limitRefreshPeriod(PERIOD)
                        .limitForPeriod(fastest)
                        .timeoutDuration(patience)
                        .build());
    }

    /**
     * Waits for a permit. If the API server asks for a pause meanwhile, the call waits for its end, too.
     *
     * @throws ApiServerAway if there is no permit in time, or the applier is stopping
     */
    void await() {
        long deadline = nanoTime.getAsLong() + patience.toNanos();
        do {
            rest(deadline);
            if (ended) {
                throw new ApiServerAway("the applier is stopping");
            }
            if (!limiter.acquirePermission()) {
                throw new ApiServerAway("too many calls wait for their turn", patience);
            }
        } while (pausedUntil - nanoTime.getAsLong() > 0);
    }

    private void rest(long deadline) {
        for (long pause = pausedUntil - nanoTime.getAsLong(); pause > 0; pause = pausedUntil - nanoTime.getAsLong()) {
            if (pausedUntil - deadline > 0) {
                throw new ApiServerAway("it asked to be left alone for a while", Duration.ofNanos(pause));
            }
            pauseForNanos.accept(pause);
            if (Thread.currentThread().isInterrupted()) {
                throw new ApiServerAway("the applier is stopping");
            }
        }
    }

    /** Refuses new calls; calls in progress complete. */
    public void end() {
        ended = true;
    }

    /** The API server accepted a call. */
    void good() {
        if (present < fastest) {
            change(false);
        }
    }

    /**
     * The API server answered that there are too many calls.
     *
     * @param retryAfter its requested pause
     */
    void tooFast(Duration retryAfter) {
        Duration bounded = retryAfter.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : retryAfter;
        pausedUntil = Math.max(pausedUntil, nanoTime.getAsLong() + bounded.toNanos());
        change(true);
    }

    private synchronized void change(boolean down) {
        long now = nanoTime.getAsLong();
        // answers to calls that were in progress together count once
        if (now - lastChange < (down ? PERIOD.toNanos() : Duration.ofSeconds(1).toNanos())) {
            return;
        }
        lastChange = now;
        int before = present;
        present = down ? Math.max(1, present / 2) : Math.min(fastest, present + Math.max(1, fastest / 10));
        if (present != before) {
            limiter.changeLimitForPeriod(present);
            if (down) {
                LOG.warn("The API server asks for fewer calls: {} a second at most now", present * PERIODS_A_SECOND);
            } else if (present == fastest) {
                LOG.info("Calls to the API server are back to {} a second at most", present * PERIODS_A_SECOND);
            }
        }
    }

    /** {@return the current maximum rate} */
    public synchronized int callsASecond() {
        return present * PERIODS_A_SECOND;
    }
}
