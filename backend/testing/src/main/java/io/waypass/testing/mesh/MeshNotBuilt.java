package io.waypass.testing.mesh;

import io.waypass.bootstrap.MeshBinariesUnavailable;

/** The mesh's binaries are not on this machine, and could not be prepared. */
public final class MeshNotBuilt extends MeshBinariesUnavailable {

    MeshNotBuilt(RuntimeException cause) {
        super(String.valueOf(cause.getMessage()));
        initCause(cause);
    }
}
