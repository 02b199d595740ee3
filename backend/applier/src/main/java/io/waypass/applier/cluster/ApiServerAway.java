package io.waypass.applier.cluster;

import java.time.Duration;

/** The API server gave no answer, or asked to retry later. The state is unknown; a retry makes sense. */
public final class ApiServerAway extends RuntimeException {

    private final transient Duration retryAfter;
    private final boolean late;

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
        this(message, retryAfter, false);
    }

    private ApiServerAway(String message, Duration retryAfter, boolean late) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
        this.late = late;
    }

    /** {@return for an answer that did not come in time} @param message what was tried */
    static ApiServerAway late(String message) {
        return new ApiServerAway(message, Duration.ZERO, true);
    }

    /** Whether the time for the call ran out: what the call was about may be the cause, and not the API server. */
    boolean isLate() {
        return late;
    }

    /** {@return what people read where something waits for the API server} @param cluster its name */
    public String waitingReason(String cluster) {
        return "The API server of cluster " + cluster + " does not answer (" + getMessage()
                + "). Nothing is lost; it is tried again every few seconds.";
    }

    /** {@return what people read where something could not be done because of this} */
    public String retrySentence() {
        return "The API server does not answer (" + getMessage() + "); it is tried again every few seconds.";
    }

    /** {@return minimum wait before a retry; zero if none was given} */
    public Duration retryAfter() {
        return retryAfter;
    }
}
