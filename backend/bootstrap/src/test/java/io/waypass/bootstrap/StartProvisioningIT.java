package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.with;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartProvisioningIT {

    /** Host names are never resolved here: the proxy would do that, and none listens on that port. */
    private static final Map<String, String> NO_NETWORK = Map.of("HTTPS_PROXY", "http://127.0.0.1:1");

    @TempDir
    Path directory;

    private Process maven;

    /** In place of Maven: starts the provisioning, and runs until its input ends. */
    static final class Build {

        private Build() {}

        public static void main(String[] args) throws IOException {
            StartProvisioning.main(args);
            System.out.println("the build goes on");
            while (System.in.read() >= 0) {
                // until the test ends the input
            }
        }
    }

    @AfterEach
    void end() {
        maven.destroyForcibly();
    }

    @ParameterizedTest
    @ValueSource(strings = {"its end", "SIGTERM", "SIGKILL"})
    void aBuildThatEndsTakesGoWithIt(String how) throws Exception {
        Path pid = directory.resolve("pid");
        start(FakeGo.endless(directory.resolve("go"), pid).getParent() + ":/usr/bin:/bin");
        await().until(() -> Files.exists(pid) || !maven.isAlive());
        assertThat(maven.isAlive()).as(this::output).isTrue();
        ProcessHandle go =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        assertThat(output())
                .contains("the build goes on")
                .contains("[control plane] Preparing a local Kubernetes " + ControlPlaneBinaries.KUBERNETES_VERSION
                        + " API server")
                .contains("[control plane] No download of the test binaries (no connection to github.com)");

        switch (how) {
            case "SIGTERM" -> maven.destroy();
            case "SIGKILL" -> maven.destroyForcibly();
            default -> maven.getOutputStream().close();
        }

        go.onExit().get(5, TimeUnit.MINUTES);
        assertThat(output()).doesNotContain("failed");
    }

    @Test
    void theMeshIsPreparedByTheSameProcessAfterTheControlPlane() throws Exception {
        has(ControlPlaneCache.directoryName(), "bin", "definitions");
        has(MeshCache.directoryName(), "envoy");
        Path pid = directory.resolve("pid");

        start(FakeGo.endless(directory.resolve("go"), pid).getParent() + ":/usr/bin:/bin", "mesh");

        await().until(() -> Files.exists(pid) || !maven.isAlive());
        assertThat(output())
                .contains("[mesh] Preparing istiod " + MeshBinaries.ISTIO_VERSION + " and Envoy "
                        + MeshBinaries.ENVOY_VERSION)
                .doesNotContain("[control plane]");
        ProcessHandle go =
                ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();
        maven.destroyForcibly();
        go.onExit().get(5, TimeUnit.MINUTES);
        assertThat(output()).doesNotContain("failed");
    }

    @Test
    void theMeshIsNotPreparedUnlessTheBuildAsksForIt() throws Exception {
        has(ControlPlaneCache.directoryName(), "bin", "definitions");

        start("/usr/bin:/bin");

        await().until(() -> output().contains("the build goes on") || !maven.isAlive());
        assertThat(maven.isAlive()).as(this::output).isTrue();
        assertThat(maven.descendants()).isEmpty();
    }

    private void has(String cache, String... entries) throws IOException {
        for (String entry : entries) {
            Files.createDirectories(directory.resolve("cache").resolve(cache).resolve(entry));
        }
    }

    @Test
    void aBuildGoesOnWhereNothingCanBePrepared() throws Exception {
        start("/nonexistent", "mesh");
        await().until(() -> output().contains("there is no “go” on the PATH"));

        maven.getOutputStream().close();

        assertThat(maven.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(maven.exitValue()).isZero();
        assertThat(output()).doesNotContain("\tat ").doesNotContain("[mesh]");
    }

    private void start(String path, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dwaypass.cache=" + directory.resolve("cache"),
                "-cp",
                System.getProperty("java.class.path"),
                Build.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile());
        builder.environment().putAll(NO_NETWORK);
        builder.environment().put("PATH", path);
        maven = builder.start();
    }

    private String output() {
        try {
            return Files.readString(directory.resolve("output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ConditionFactory await() {
        return with().timeout(5, TimeUnit.MINUTES);
    }
}
