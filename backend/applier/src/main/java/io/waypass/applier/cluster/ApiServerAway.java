package io.waypass.applier.cluster;

import java.time.Duration;

/** The API server gave no answer, or one that says to come back: nothing is known, and it is worth trying again. */
public final class ApiServerAway extends RuntimeException {

    private final transient Duration retryAfter;

    /**
     * No answer, or none that names a time.
     *
     * @param message what was tried, and what came instead of an answer
     */
    public ApiServerAway(String message) {
        this(message, Duration.ZERO);
    }

    /**
     * An answer that names a time to come back.
     *
     * @param message what was tried, and what came instead of an answer
     * @param retryAfter not to be tried again before; zero if nobody said
     */
    public ApiServerAway(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** {@return how long it is of no use to try again; zero if nobody said} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
