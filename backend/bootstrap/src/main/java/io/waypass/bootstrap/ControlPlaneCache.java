package io.waypass.bootstrap;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The control plane's cache: the executables in {@code bin} and the definitions in {@code definitions}. */
final class ControlPlaneCache {

    private static final URI RELEASES = URI.create("https://github.com/");
    private static final URI REPOSITORIES = URI.create("https://raw.githubusercontent.com/");
    private static final Duration STALL = Duration.ofSeconds(20);
    private static final String EXECUTABLES = "bin";
    private static final String DEFINITIONS = "definitions";

    private final CacheDirectory directory;
    private final PublishedBinaries published;
    private final GoBuild build;

    /** The directory may be missing; the build is used where a download fails. */
    ControlPlaneCache(Path directory, PublishedBinaries published, GoBuild build) {
        this.directory = new CacheDirectory(directory, "control plane's binaries", List.of(EXECUTABLES, DEFINITIONS));
        this.published = published;
        this.build = build;
    }

    /** {@return the cache that all tests and sandboxes of this user share} */
    static ControlPlaneCache ofThisUser() {
        List<PublishedFile> files = PublishedFile.pinned();
        List<PublishedFile> definitions = PublishedFile.definitions(files);
        return new ControlPlaneCache(
                CacheDirectory.root().resolve(directoryName()),
                new PublishedBinaries(
                        RELEASES,
                        REPOSITORIES,
                        PublishedFile.binaries(files, System.getProperty("os.name"), System.getProperty("os.arch")),
                        definitions,
                        new Downloader(Downloader.proxies(System.getenv()), STALL)),
                new GoBuild("go", definitions));
    }

    static String directoryName() {
        return "control-plane-" + ControlPlaneBinaries.KUBERNETES_VERSION + "-"
                + PinnedSet.CONTROL_PLANE.checksum(List.of("checksums.txt", "go.mod", "go.sum"));
    }

    /** {@return whether executables and definitions exist} */
    boolean isComplete() {
        return directory.isComplete();
    }

    /**
     * Finds the binaries, or downloads or builds them. Waits for another process that does.
     *
     * @param progress receives sentences about the progress
     * @throws ControlPlaneUnavailable if they can be neither downloaded nor built
     */
    ControlPlaneBinaries locate(Consumer<String> progress) {
        try {
            directory.complete(progress, this::fill);
            return ControlPlaneBinaries.in(directory.path(EXECUTABLES), directory.path(DEFINITIONS));
        } catch (IOException e) {
            throw new ControlPlaneUnavailable("The control plane's cache " + directory + " cannot be used: " + e, e);
        } catch (PreparationStopped e) {
            throw new ControlPlaneUnavailable(String.valueOf(e.getMessage()), e);
        }
    }

    private void fill(Path work, Consumer<String> progress) throws IOException {
        progress.accept(
                "Preparing a local Kubernetes " + ControlPlaneBinaries.KUBERNETES_VERSION
                        + " API server: by download where the network allows, else by a build from Go modules. This happens once.");
        Path executables = Files.createDirectory(work.resolve(EXECUTABLES));
        boolean built = directory.has(EXECUTABLES) || downloadExecutables(work, executables, progress);
        if (!directory.has(DEFINITIONS)) {
            takeDefinitions(work, progress);
        }
        if (!built) {
            build.executables(work, executables, progress);
            directory.keep(executables, EXECUTABLES);
        }
    }

    private boolean downloadExecutables(Path work, Path target, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        try {
            published.executables(work, target, progress);
            directory.keep(target, EXECUTABLES);
            progress.accept(
                    "Downloaded and verified the test binaries in " + CacheDirectory.secondsSince(begin) + " s.");
            return true;
        } catch (DownloadFailed e) {
            build.require(work, e);
            progress.accept("No download of the test binaries (" + e.getMessage() + "); building Kubernetes "
                    + ControlPlaneBinaries.KUBERNETES_VERSION
                    + " from Go modules instead, which takes about 5 minutes on two cores.");
            CacheDirectory.remove(target);
            Files.createDirectory(target);
            return false;
        }
    }

    private void takeDefinitions(Path work, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        Path target = Files.createDirectory(work.resolve(DEFINITIONS));
        String source;
        try {
            published.definitions(target);
            source = "their repositories";
        } catch (DownloadFailed e) {
            build.require(work, e);
            build.definitions(work, target);
            source = "Go modules (no download: " + e.getMessage() + ")";
        }
        directory.keep(target, DEFINITIONS);
        progress.accept("Took the custom resource definitions from " + source + " in "
                + CacheDirectory.secondsSince(begin) + " s.");
    }
}
