package io.waypass.testing.controlplane;

/** A control plane cannot be had on this machine; the message says what to install or name. */
public final class ControlPlaneUnavailable extends RuntimeException {

    ControlPlaneUnavailable(String message) {
        super(message);
    }

    ControlPlaneUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
