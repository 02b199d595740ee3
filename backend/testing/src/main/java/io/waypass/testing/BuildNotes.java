package io.waypass.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Notes that the test JVMs of one build share, and the lines that the build prints at its end. They are files in the
 * directory of the system property {@code waypass.build}; without it, as in an IDE, nothing is stored.
 *
 * <p>A line to print is {@code <count> TAB <sentence>}. Lines with the same sentence are printed once; where the
 * sentence has {@code # tests}, the sum of their counts replaces the {@code #}.
 */
public final class BuildNotes {

    private final Optional<Path> directory;

    private BuildNotes(Optional<Path> directory) {
        this.directory = directory;
    }

    /** {@return the notes of the build that this JVM belongs to} */
    public static BuildNotes ofThisBuild() {
        return in(System.getProperty("waypass.build", ""));
    }

    static BuildNotes in(String directory) {
        return new BuildNotes(directory.isBlank() ? Optional.empty() : Optional.of(Path.of(directory)));
    }

    /**
     * Notes that tests were left out.
     *
     * @param tests number of tests
     * @param missing what they need
     */
    public void leftOut(int tests, Requirement missing) {
        note(tests, missing.sentence());
    }

    /**
     * Notes that tests used a substitute.
     *
     * @param sentence what, why, and how to change it
     */
    public void replaced(String sentence) {
        note(0, sentence);
    }

    /**
     * Tries something that takes long to fail, once in a build.
     *
     * @param name of the attempt
     * @return result of the attempt
     * @throws FailedBefore if an attempt failed in this build, here or in another JVM
     */
    public <T> T once(String name, Supplier<T> attempt) {
        if (directory.isEmpty()) {
            return attempt.get();
        }
        Path failure = directory.get().resolve(name + ".failed");
        try {
            Files.createDirectories(directory.get());
            try (FileChannel channel = FileChannel.open(
                            directory.get().resolve(name + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (lock.isValid() && Files.exists(failure)) {
                    throw new FailedBefore(Files.readString(failure));
                }
                try {
                    return attempt.get();
                } catch (RuntimeException e) {
                    Files.writeString(failure, String.valueOf(e.getMessage()));
                    throw e;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An attempt that is made once in a build has failed in this build; the message is the first failure's. */
    public static final class FailedBefore extends RuntimeException {
        FailedBefore(String message) {
            super(message);
        }
    }

    private synchronized void note(int count, String sentence) {
        directory.ifPresent(build -> {
            try {
                // a file for each JVM: two of them may write at once
                Path file = Files.createDirectories(build.resolve("notes"))
                        .resolve(ProcessHandle.current().pid() + ".txt");
                Files.writeString(
                        file, count + "\t" + sentence + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
