package io.waypass.applier.reconcile;

/** The cluster, or what is stored, does not allow it; what to tell. */
final class Refused extends RuntimeException {
    Refused(String message) {
        super(message, null, false, false);
    }
}
