package io.waypass.testing.controlplane;

import io.waypass.bootstrap.ControlPlaneUnavailable;

/** The failure of a machine on which no control plane can be had. */
public final class NoControlPlane {

    private NoControlPlane() {}

    /** {@return as {@link ControlPlane#start} throws it} */
    public static ControlPlaneNotBuilt failure() {
        return new ControlPlaneNotBuilt(new ControlPlaneUnavailable("There is no “go” on the PATH."));
    }
}
