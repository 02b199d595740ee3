package io.waypass.bootstrap;

/** A control plane cannot be had on this machine; the message says what to install or name. */
public class ControlPlaneUnavailable extends RuntimeException {

    /** The message says what is missing and what to do. */
    public ControlPlaneUnavailable(String message) {
        super(message);
    }

    ControlPlaneUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
