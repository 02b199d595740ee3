package io.waypass.applier.reconcile;

/** The cluster or the stored state does not allow it; the message is for people. */
final class Refused extends RuntimeException {
    Refused(String message) {
        super(message, null, false, false);
    }
}
