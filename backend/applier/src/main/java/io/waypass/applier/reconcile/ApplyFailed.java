package io.waypass.applier.reconcile;

/** The cluster refused, or the key does not open; recorded on the request, and retried later. */
public final class ApplyFailed extends RuntimeException {

    ApplyFailed(String message) {
        super(message, null, false, false);
    }
}
