package io.waypass.sandbox;

import io.waypass.testing.Ports;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Holds the state of a sandbox that has to be the same at its next start: data, secrets, ports. */
final class StateDirectory {

    private static final String MARKER = "secrets.properties";

    /** Stays when the rest is deleted: this process already writes there. */
    private static final String LOGS = "logs";

    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private final Path directory;
    private final SecureRandom random = new SecureRandom();

    private StateDirectory(Path directory) {
        this.directory = directory;
    }

    /**
     * Opens the directory, and creates it if absent.
     *
     * @param fresh whether its content is deleted first
     * @throws SandboxFailed if it contains something that no sandbox wrote
     */
    static StateDirectory open(Path directory, boolean fresh) {
        try {
            if (fresh && Files.exists(directory) && !isEmpty(directory)) {
                if (!Files.exists(directory.resolve(MARKER))) {
                    throw new SandboxFailed(directory
                            + " holds no sandbox's state and is left as it is. Name another directory with"
                            + " -Dsandbox.dir=…, or empty it yourself.");
                }
                delete(directory);
            }
            Files.createDirectories(directory);
            if (directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            }
            return new StateDirectory(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    Path logs() {
        return directory.resolve(LOGS);
    }

    /** Returns a secret that is generated once and then kept. */
    synchronized String secret(String name) {
        return kept(MARKER, name, () -> {
            // letters and digits only: easy to select and to type
            StringBuilder text = new StringBuilder();
            random.ints(20, 0, ALPHABET.length()).forEach(at -> text.append(ALPHABET.charAt(at)));
            return text.toString();
        });
    }

    synchronized @Nullable String remembered(String name) {
        return load(MARKER).getProperty(name);
    }

    synchronized void remember(String name, String value) {
        Properties values = load(MARKER);
        values.setProperty(name, value);
        store(MARKER, values);
    }

    /**
     * Returns a port that is the same at each start as long as it is free.
     *
     * @param name of the server
     * @param preferred used the first time; 0 for any free one
     * @param progress receives a sentence when the port changes
     */
    synchronized int port(String name, int preferred, Consumer<String> progress) {
        Properties ports = load("ports.properties");
        String before = ports.getProperty(name);
        int wanted = preferred != 0 ? preferred : before == null ? 0 : Integer.parseInt(before);
        if (wanted != 0 && Ports.isFree(wanted)) {
            return keep(ports, name, wanted);
        }
        if (preferred != 0 && before != null && Ports.isFree(Integer.parseInt(before))) {
            progress.accept("Port " + preferred + " is in use; the " + name + " listens at " + before + ".");
            return Integer.parseInt(before);
        }
        int found = Ports.free(1).getFirst();
        if (wanted != 0) {
            progress.accept("Port " + wanted + " is in use; the " + name + " listens at " + found + ".");
        }
        return keep(ports, name, found);
    }

    private int keep(Properties ports, String name, int port) {
        ports.setProperty(name, Integer.toString(port));
        store("ports.properties", ports);
        return port;
    }

    /** Writes a file that only its owner may read. */
    void writePrivately(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String kept(String file, String name, java.util.function.Supplier<String> fresh) {
        Properties values = load(file);
        String value = values.getProperty(name);
        if (value == null) {
            value = fresh.get();
            values.setProperty(name, value);
            store(file, values);
        }
        return value;
    }

    private Properties load(String file) {
        Properties values = new Properties();
        Path path = directory.resolve(file);
        if (Files.exists(path)) {
            try (Reader reader = Files.newBufferedReader(path)) {
                values.load(reader);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return values;
    }

    private void store(String file, Properties values) {
        Path path = directory.resolve(file);
        writePrivately(path, "");
        try (Writer writer = Files.newBufferedWriter(path)) {
            values.store(writer, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.allMatch(entry -> entry.endsWith(LOGS));
        }
    }

    private static void delete(Path directory) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) {
                return visited.equals(directory.resolve(LOGS))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!visited.equals(directory)) {
                    Files.delete(visited);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
