package io.waypass.testing.mesh;

import io.waypass.bootstrap.MeshBinaries;
import io.waypass.bootstrap.MeshBinariesUnavailable;
import io.waypass.testing.BuildNotes;
import java.util.function.Consumer;

/** Finds the programs of a mesh. */
public final class MeshParts {

    private MeshParts() {}

    /**
     * Locates istiod, Envoy and Istio's charts, once in a build: without Go or Python every suite would try again.
     *
     * @param progress receives sentences about the progress
     * @throws MeshNotBuilt if they are not available; tests that it ends are left out
     */
    public static MeshBinaries binaries(Consumer<String> progress) {
        try {
            return BuildNotes.ofThisBuild().once("mesh", () -> MeshBinaries.locate(progress));
        } catch (MeshBinariesUnavailable | BuildNotes.FailedBefore e) {
            throw new MeshNotBuilt(e);
        }
    }
}
