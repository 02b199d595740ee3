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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One of the product's processes, run from its executable jar by this JVM's own Java. */
final class JavaProcess implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(90);

    private final String name;
    private final Path jar;
    private final Map<String, String> environment;
    private final URI readiness;
    private final Path log;
    private @Nullable LocalProcess process;

    JavaProcess(String name, Path jar, int port, Map<String, String> environment, Path log) {
        this.name = name;
        this.jar = jar;
        this.environment = environment;
        this.readiness = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
        this.log = log;
    }

    /** Starts it; it is not ready yet. */
    void launch() {
        if (!Files.exists(jar)) {
            throw new SandboxFailed(
                    "The " + name + "'s jar " + jar + " is not there. Build it first: mvn -DskipTests package");
        }
        try {
            process = LocalProcess.start(
                    name,
                    List.of(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-Xmx512m",
                            "-jar",
                            jar.toString()),
                    environment,
                    log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Waits until it says that it is ready.
     *
     * @throws SandboxFailed if it ends or takes too long; with its last words
     */
    void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(readiness)
                    .timeout(Duration.ofSeconds(5))
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
        throw new SandboxFailed("The " + name + " was not ready within " + START.toSeconds()
                + " s. Its last words (all in " + log + "):\n" + lastWords());
    }

    /** Ends it at once, as a crash would. */
    void kill() {
        if (process != null) {
            process.kill();
        }
    }

    Path log() {
        return log;
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
