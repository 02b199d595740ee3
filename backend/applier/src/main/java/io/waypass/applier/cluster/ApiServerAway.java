package io.waypass.applier.cluster;

/** The API server gave no answer, or one that says to come back: nothing is known, and it is worth trying again. */
public final class ApiServerAway extends RuntimeException {

    /**
     * Says so.
     *
     * @param message what was tried, and what came instead of an answer
     */
    public ApiServerAway(String message) {
        super(message, null, false, false);
    }
}
