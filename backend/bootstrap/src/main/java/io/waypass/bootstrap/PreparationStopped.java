package io.waypass.bootstrap;

/** Binaries are not prepared any further: the thread is interrupted, or the process ends. The message says which. */
final class PreparationStopped extends RuntimeException {

    PreparationStopped(String message, Throwable cause) {
        super(message, cause);
    }
}
