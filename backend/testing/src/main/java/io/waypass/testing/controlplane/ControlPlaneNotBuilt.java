package io.waypass.testing.controlplane;

import io.waypass.bootstrap.ControlPlaneUnavailable;

/** The control plane's binaries are not on this machine, and could be neither downloaded nor built. */
public final class ControlPlaneNotBuilt extends ControlPlaneUnavailable {

    ControlPlaneNotBuilt(RuntimeException cause) {
        super(String.valueOf(cause.getMessage()));
        initCause(cause);
    }
}
