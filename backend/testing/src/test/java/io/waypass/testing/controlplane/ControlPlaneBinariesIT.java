package io.waypass.testing.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlPlaneBinariesIT {

    @TempDir
    Path cache;

    /** What is run in a JVM of its own, since an environment cannot be changed from within. */
    static final class Locate {

        private Locate() {}

        public static void main(String[] args) {
            try {
                ControlPlaneBinaries.locate(_ -> {});
            } catch (ControlPlaneUnavailable e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void saysWhatToInstallWhereThereIsNoGo() throws Exception {
        assertThat(locate(Map.of("PATH", "/nonexistent")))
                .contains("there is no “go” on the PATH. Install Go 1.26 or later")
                .doesNotContain("\tat ");
    }

    @Test
    void saysThatItNeedsAModuleProxyWhereNoneIsWithinReach() throws Exception {
        assertThat(locate(Map.of(
                        "GOPROXY", "off",
                        "GOMODCACHE", cache.resolve("modules").toString(),
                        "GOFLAGS", "-modcacherw")))
                .contains("“go mod download sigs.k8s.io/gateway-api” failed")
                .contains("a Go module proxy within reach")
                .doesNotContain("\tat ");
    }

    @Test
    void findsWhatWasBuiltBefore() throws IOException {
        ControlPlaneBinaries binaries = ControlPlaneBinaries.locate(System.out::println);

        assertThat(binaries.etcd()).isExecutable();
        assertThat(binaries.apiServer()).isExecutable();
        assertThat(binaries.kubectl()).isExecutable();
        assertThat(binaries.definitions())
                .isNotEmpty()
                .allSatisfy(file -> assertThat(Files.readString(file)).contains("apiVersion: "));
    }

    private String locate(Map<String, String> environment) throws IOException, InterruptedException {
        Path output = cache.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dstdout.encoding=UTF-8",
                        "-Dwaypass.cache=" + cache.resolve("empty"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Locate.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        builder.start().waitFor();
        return Files.readString(output);
    }
}
