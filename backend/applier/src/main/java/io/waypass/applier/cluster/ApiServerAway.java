package io.waypass.applier.cluster;

import java.time.Duration;

/** The API server gave no answer, or asked to retry later. The state is unknown; a retry makes sense. */
public final class ApiServerAway extends RuntimeException {

    private final transient Duration retryAfter;

    /**
     * For no answer, or one without a time.
     *
     * @param message what was tried, and what came instead of an answer
     */
    public ApiServerAway(String message) {
        this(message, Duration.ZERO);
    }

    /**
     * For an answer that names a time to retry.
     *
     * @param message what was tried, and what came instead of an answer
     * @param retryAfter minimum wait before a retry; zero if none was given
     */
    public ApiServerAway(String message, Duration retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    /** {@return what people read where something waits for the API server} @param cluster its name */
    public String waitingReason(String cluster) {
        return "The API server of cluster " + cluster + " does not answer (" + getMessage()
                + "). Nothing is lost; it is tried again every few seconds.";
    }

    /** {@return minimum wait before a retry; zero if none was given} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
