package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.mesh.MeshParts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** With the real binaries. Not among the tests of their module, which would hold up the build until they are there. */
class MeshBinariesIT {

    private final MeshBinaries mesh = MeshParts.binaries(System.out::println);

    @Test
    void istiodAndEnvoyAreOfThePinnedVersions() throws IOException, InterruptedException {
        assertThat(output(mesh.pilotDiscovery(), "version")).contains(MeshBinaries.ISTIO_VERSION);
        assertThat(output(mesh.envoy(), "--version")).contains("/" + MeshBinaries.ENVOY_VERSION + "/");
    }

    @Test
    void theChartsHaveIstiodsRulesAndWebhooks() {
        assertThat(mesh.charts().resolve("base/Chart.yaml")).isRegularFile();
        assertThat(mesh.charts().resolve("istio-discovery/templates/clusterrole.yaml"))
                .isRegularFile();
        assertThat(mesh.charts().resolve("istio-discovery/templates/validatingwebhookconfiguration.yaml"))
                .isRegularFile();
        assertThat(mesh.charts().resolve("istio-discovery/files/waypoint.yaml")).isRegularFile();
    }

    private static String output(Path executable, String argument) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(executable.toString(), argument)
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
