package io.waypass.bootstrap;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The cache directory of one pinned set of binaries. It has the executables in {@code bin} and the definitions in
 * {@code definitions}; each of the two is moved there when it is complete. The process that fills the directory holds a
 * lock on {@code lock}, and writes its latest sentence to {@code progress} for waiting processes.
 */
final class ControlPlaneCache {

    private static final URI RELEASES = URI.create("https://github.com/");
    private static final URI REPOSITORIES = URI.create("https://raw.githubusercontent.com/");
    private static final Duration STALL = Duration.ofSeconds(20);

    private final Path directory;
    private final PublishedBinaries published;
    private final GoBuild build;

    /** The directory may be missing; the build is used where a download fails. */
    ControlPlaneCache(Path directory, PublishedBinaries published, GoBuild build) {
        this.directory = directory;
        this.published = published;
        this.build = build;
    }

    /** {@return the cache that all tests and sandboxes of this user share} */
    static ControlPlaneCache ofThisUser() {
        List<PublishedFile> files = PublishedFile.pinned();
        List<PublishedFile> definitions = PublishedFile.definitions(files);
        return new ControlPlaneCache(
                root().resolve("control-plane-" + ControlPlaneBinaries.KUBERNETES_VERSION + "-" + pinnedSet()),
                new PublishedBinaries(
                        RELEASES,
                        REPOSITORIES,
                        PublishedFile.binaries(files, System.getProperty("os.name"), System.getProperty("os.arch")),
                        definitions,
                        new Downloader(Downloader.proxies(System.getenv()), STALL)),
                new GoBuild("go", Map.of(), definitions));
    }

    private static Path root() {
        String named = System.getProperty("waypass.cache", System.getenv().getOrDefault("WAYPASS_CACHE", ""));
        return named.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "waypass")
                : Path.of(named).toAbsolutePath();
    }

    /** Name of the directory: another set of checksums uses another directory. */
    private static String pinnedSet() {
        MessageDigest digest = PublishedFile.digest("SHA-256");
        for (String name : List.of("checksums.txt", "go.mod", "go.sum")) {
            digest.update(PublishedFile.resource(name).getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest(), 0, 6);
    }

    /** {@return whether executables and definitions exist} */
    boolean isComplete() {
        return Files.isDirectory(executables()) && Files.isDirectory(definitions());
    }

    private Path executables() {
        return directory.resolve("bin");
    }

    private Path definitions() {
        return directory.resolve("definitions");
    }

    /**
     * Finds the binaries, or downloads or builds them. Waits for another process that does.
     *
     * @param progress receives sentences about the progress
     * @throws ControlPlaneUnavailable if they can be neither downloaded nor built
     */
    ControlPlaneBinaries locate(Consumer<String> progress) {
        try {
            if (!isComplete()) {
                Files.createDirectories(directory);
                try (FileChannel channel = FileChannel.open(
                        directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    lock(channel, progress);
                    if (!isComplete()) {
                        fill(progress);
                    }
                }
            }
            return ControlPlaneBinaries.in(executables(), definitions());
        } catch (IOException e) {
            throw new ControlPlaneUnavailable("The control plane's cache " + directory + " cannot be used: " + e, e);
        }
    }

    /** Closing the channel releases the lock. */
    private void lock(FileChannel channel, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        long told = 0;
        while (!tryLock(channel)) {
            long waited = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
            if (told == 0 || waited - told >= 30) {
                told = Math.max(1, waited);
                progress.accept("Waiting, " + waited + " s so far, for the process that prepares the control plane's"
                        + " binaries. It says: " + latest());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ControlPlaneUnavailable("interrupted while waiting for the control plane's binaries", e);
            }
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // another thread of this JVM holds it
            return false;
        }
    }

    private String latest() throws IOException {
        Path file = directory.resolve("progress");
        String said = Files.exists(file) ? Files.readString(file) : "";
        return said.isBlank() ? "nothing yet." : said;
    }

    private void fill(Consumer<String> teller) throws IOException {
        long begin = System.nanoTime();
        Consumer<String> progress = sentence -> {
            note(sentence);
            teller.accept(sentence);
        };
        progress.accept(
                "Preparing a local Kubernetes " + ControlPlaneBinaries.KUBERNETES_VERSION
                        + " API server: by download where the network allows, else by a build from Go modules. This happens once.");
        removeAbandonedWork();
        Path work = Files.createTempDirectory(directory, "work-");
        try {
            Path executables = Files.createDirectory(work.resolve("bin"));
            boolean built = Files.isDirectory(executables()) || downloadExecutables(work, executables, progress);
            if (!Files.isDirectory(definitions())) {
                takeDefinitions(work, progress);
            }
            if (!built) {
                build.executables(work, executables, progress);
                keep(executables, executables());
            }
        } finally {
            remove(work);
        }
        progress.accept("The control plane's binaries are ready after " + secondsSince(begin) + " s, and kept in "
                + directory + ".");
    }

    private boolean downloadExecutables(Path work, Path target, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        try {
            published.executables(work, target, progress);
            keep(target, executables());
            progress.accept("Downloaded and verified the test binaries in " + secondsSince(begin) + " s.");
            return true;
        } catch (DownloadFailed e) {
            build.require(work, e);
            progress.accept("No download of the test binaries (" + e.getMessage() + "); building Kubernetes "
                    + ControlPlaneBinaries.KUBERNETES_VERSION
                    + " from Go modules instead, which takes about 5 minutes on two cores.");
            remove(target);
            Files.createDirectory(target);
            return false;
        }
    }

    private void takeDefinitions(Path work, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        Path target = Files.createDirectory(work.resolve("definitions"));
        String source;
        try {
            published.definitions(target);
            source = "their repositories";
        } catch (DownloadFailed e) {
            build.require(work, e);
            build.definitions(work, target);
            source = "Go modules (no download: " + e.getMessage() + ")";
        }
        keep(target, definitions());
        progress.accept("Took the custom resource definitions from " + source + " in " + secondsSince(begin) + " s.");
    }

    private static long secondsSince(long begin) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    }

    private void note(String sentence) {
        try {
            Files.writeString(directory.resolve("progress"), sentence);
        } catch (IOException e) {
            // only messages of other processes are lost; a broken directory also fails the work itself
        }
    }

    private static void keep(Path complete, Path place) throws IOException {
        Files.move(complete, place, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes files that a killed process left. This process holds the lock, so they are unused. */
    private void removeAbandonedWork() throws IOException {
        List<Path> abandoned;
        try (Stream<Path> entries = Files.list(directory)) {
            abandoned = entries.filter(entry -> entry.getFileName().toString().startsWith("work-"))
                    .toList();
        }
        for (Path work : abandoned) {
            remove(work);
        }
    }

    private static void remove(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
