package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The cache directory of one pinned set of files. Each of its entries is moved there when it is complete. The process
 * that fills the directory holds a lock on {@code lock}, and writes its latest sentence to {@code progress} for waiting
 * processes.
 */
final class CacheDirectory {

    /** Adds the missing entries. */
    interface Filling {

        /**
         * @param work a directory for temporary files, deleted afterwards
         * @param progress receives sentences about the progress
         */
        void fill(Path work, Consumer<String> progress) throws IOException;
    }

    private final Path directory;
    private final String content;
    private final List<String> entries;

    /**
     * @param directory may be missing
     * @param content what it holds, for messages: {@code control plane's binaries}
     * @param entries names of the files and directories that make it complete
     */
    CacheDirectory(Path directory, String content, List<String> entries) {
        this.directory = directory;
        this.content = content;
        this.entries = entries;
    }

    /**
     * {@return the directory that holds the caches of this user: {@code ~/.cache/waypass}, or the one that the system
     * property {@code waypass.cache} or the environment variable {@code WAYPASS_CACHE} names}
     */
    static Path root() {
        String named = System.getProperty("waypass.cache", System.getenv().getOrDefault("WAYPASS_CACHE", ""));
        return named.isBlank()
                ? Path.of(System.getProperty("user.home"), ".cache", "waypass")
                : Path.of(named).toAbsolutePath();
    }

    boolean isComplete() {
        return entries.stream().allMatch(this::has);
    }

    boolean has(String entry) {
        return Files.exists(path(entry));
    }

    Path path(String entry) {
        return directory.resolve(entry);
    }

    /**
     * Fills the directory unless it is complete. Waits for another process that does.
     *
     * @throws IOException if the directory cannot be used
     * @throws PreparationStopped if this thread is interrupted, or this process ends
     */
    void complete(Consumer<String> progress, Filling filling) throws IOException {
        if (isComplete()) {
            return;
        }
        Files.createDirectories(directory);
        try (FileChannel channel =
                FileChannel.open(path("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            lock(channel, progress);
            if (!isComplete()) {
                fill(progress, filling);
            }
        }
    }

    /** Closing the channel releases the lock. */
    private void lock(FileChannel channel, Consumer<String> progress) throws IOException {
        long begin = System.nanoTime();
        long told = 0;
        while (!tryLock(channel)) {
            long waited = secondsSince(begin);
            if (told == 0 || waited - told >= 30) {
                told = Math.max(1, waited);
                progress.accept("Waiting, " + waited + " s so far, for the process that prepares the " + content
                        + ". It says: " + latest());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new PreparationStopped("interrupted while waiting for the " + content, e);
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
        Path file = path("progress");
        String said = Files.exists(file) ? Files.readString(file) : "";
        return said.isBlank() ? "nothing yet." : said;
    }

    private void fill(Consumer<String> teller, Filling filling) throws IOException {
        long begin = System.nanoTime();
        Consumer<String> progress = sentence -> {
            note(sentence);
            teller.accept(sentence);
        };
        removeAbandonedWork();
        Path work = Files.createTempDirectory(directory, "work-");
        try {
            filling.fill(work, progress);
        } finally {
            remove(work);
        }
        progress.accept(
                "The " + content + " are ready after " + secondsSince(begin) + " s, and kept in " + directory + ".");
    }

    /** {@return whole seconds since a value of {@link System#nanoTime}} */
    static long secondsSince(long begin) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
    }

    private void note(String sentence) {
        try {
            Files.writeString(path("progress"), sentence);
        } catch (IOException e) {
            // only messages of other processes are lost; a broken directory also fails the work itself
        }
    }

    /** Makes a complete file or directory an entry. */
    void keep(Path complete, String entry) throws IOException {
        Files.move(complete, path(entry), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Removes files that a killed process left. This process holds the lock, so they are unused. */
    private void removeAbandonedWork() throws IOException {
        List<Path> abandoned;
        try (Stream<Path> files = Files.list(directory)) {
            abandoned = files.filter(file -> file.getFileName().toString().startsWith("work-"))
                    .toList();
        }
        for (Path work : abandoned) {
            remove(work);
        }
    }

    static void remove(Path tree) throws IOException {
        if (Files.exists(tree)) {
            try (Stream<Path> files = Files.walk(tree)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    @Override
    public String toString() {
        return directory.toString();
    }
}
