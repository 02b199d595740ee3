package io.waypass.sandbox;

/** The sandbox could not start; the message says why and what to do. */
public final class SandboxFailed extends RuntimeException {

    SandboxFailed(String message) {
        super(message);
    }

    SandboxFailed(String message, Throwable cause) {
        super(message, cause);
    }
}
