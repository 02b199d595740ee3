package io.waypass.bootstrap;

/** This machine can provide no control plane; the message says what to install or configure. */
public class ControlPlaneUnavailable extends RuntimeException {

    public ControlPlaneUnavailable(String message) {
        super(message);
    }

    ControlPlaneUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
