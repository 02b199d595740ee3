package io.waypass.testing.mesh;

import io.waypass.bootstrap.MeshBinariesUnavailable;

/** The failure of a machine on which no mesh can be had. */
public final class NoMesh {

    private NoMesh() {}

    /** {@return as {@link MeshParts#binaries} throws it} */
    public static MeshNotBuilt failure() {
        return new MeshNotBuilt(new MeshBinariesUnavailable("There is no “go” on the PATH."));
    }
}
