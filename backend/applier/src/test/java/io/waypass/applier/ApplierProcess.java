package io.waypass.applier;

import io.waypass.testing.LocalProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** An applier in a process of its own, so that it can be killed and frozen as a machine does it, without a word. */
final class ApplierProcess implements AutoCloseable {

    /** Light to start: it lives for seconds. */
    private static final List<String> JVM =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m", "--enable-native-access=ALL-UNNAMED");

    /** Four may be missed: a machine that is so busy that it stands still for seconds is no reason to take its work away. */
    private static final String HEARTBEAT = "--waypass.heartbeat-every=3s";

    /** What a test holds back must not be given up meanwhile. */
    private static final String CALL_TIMEOUT = "--waypass.call-timeout=10m";

    private static final int LAST_WORDS = 2_000;

    private final LocalProcess process;
    private final Path log;

    private ApplierProcess(LocalProcess process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts one; {@link #awaitUp} waits until it works.
     *
     * @param fixtures whose database and keyset
     * @param cluster name
     * @param kubeconfig how it reaches the API server
     * @param rotationGrace how long it leaves a Secret that a rotation replaced
     * @param log a file of its own
     */
    static ApplierProcess start(Fixtures fixtures, String cluster, Path kubeconfig, Duration rotationGrace, Path log) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ApplierApplication.class.getName()));
        command.addAll(fixtures.arguments(cluster, kubeconfig, fixtures.keysetFile));
        command.addAll(List.of(
                "--spring.main.web-application-type=none",
                "--spring.main.keep-alive=true",
                "--waypass.threads=20",
                "--waypass.rotation-grace=" + rotationGrace,
                HEARTBEAT,
                CALL_TIMEOUT));
        try {
            return new ApplierProcess(LocalProcess.start("applier", command, log), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ApplierProcess awaitUp() {
        awaitWords("Started ApplierApplication");
        return this;
    }

    /** Waits until it has logged something. */
    void awaitWords(String words) {
        try {
            Awaitility.await()
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !process.isAlive() || log().contains(words));
        } catch (ConditionTimeoutException e) {
            throw new AssertionError("The applier did not say “" + words + "”. Its last words: " + lastWords(), e);
        }
        if (!log().contains(words)) {
            throw new AssertionError("The applier has ended. Its last words: " + lastWords());
        }
    }

    /** As {@code kill -9}; returns when it is gone. */
    void kill() {
        process.kill();
    }

    /** Nothing runs in it from now on, while to everybody else it looks as if it were there. */
    void freeze() {
        signal("STOP");
    }

    /** It goes on where it was, and does not know that time has passed. */
    void thaw() {
        signal("CONT");
    }

    @Override
    public void close() {
        // a frozen one would not hear a polite word
        process.kill();
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("no signal " + name + " to process " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String lastWords() {
        String all = log();
        return all.substring(Math.max(0, all.length() - LAST_WORDS));
    }
}
