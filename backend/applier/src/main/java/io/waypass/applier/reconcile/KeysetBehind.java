package io.waypass.applier.reconcile;

/** The private key is sealed for a key that only other appliers of the cluster have; one of them may take the task. */
public final class KeysetBehind extends RuntimeException {

    public KeysetBehind(String message) {
        super(message, null, false, false);
    }
}
