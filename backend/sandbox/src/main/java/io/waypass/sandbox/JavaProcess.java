package io.waypass.sandbox;

import io.waypass.testing.LocalProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of the product's processes, run from its executable jar by this JVM's own Java. */
final class JavaProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(5);

    private final String name;
    private final Path jar;
    private final Map<String, String> environment;
    private final URI readiness;
    private final Path log;
    private @Nullable LocalProcess process;

    /**
     * @param name for messages
     * @param built its executable jar
     * @param port of its readiness endpoint
     * @param environment its configuration
     * @param state holds its logs and a copy of the jar that it runs from, because a build may replace the original
     */
    JavaProcess(String name, Path built, int port, Map<String, String> environment, StateDirectory state) {
        if (!Files.exists(built)) {
            throw new SandboxFailed(
                    "The " + name + "'s jar " + built + " is not there. Build it first: mvn -DskipTests package");
        }
        this.name = name;
        this.jar = state.path("bin/" + name + ".jar");
        this.log = state.logs().resolve(name + ".log");
        try {
            Files.createDirectories(jar.getParent());
            Files.copy(built, jar, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.environment = environment;
        this.readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
    }

    /** Starts the process without waiting for it to be ready. */
    void launch() {
        try {
            process = LocalProcess.start(
                    name,
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx512m",
                            // starts in half the time; the lower peak performance does not matter here
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-jar",
                            jar.toString()),
                    environment,
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until the process is ready.
     *
     * @throws SandboxFailed if it ends or takes too long; with its last lines of output
     */
    void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofMinutes(1))
                    .build();
            while (System.nanoTime() < deadline) {
                if (process == null || !process.isAlive()) {
                    throw new SandboxFailed("The " + name + " ended while starting. Its last words (all in " + log
                            + "):\n" + lastWords());
                }
                try {
                    if (http.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException _) {
                    // not listening yet
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new SandboxFailed("The " + name + " was not ready within " + START.toMinutes()
                + " minutes. Its last words (all in " + log + "):\n" + lastWords());
    }

    /** Ends the process at once, like a crash. */
    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
    }

    private String lastWords() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 25), lines.size()));
        } catch (IOException e) {
            return "(" + e.getMessage() + ")";
        }
    }
}
