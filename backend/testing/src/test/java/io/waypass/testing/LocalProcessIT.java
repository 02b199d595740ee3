package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalProcessIT {

    @TempDir
    Path directory;

    /** What is run in a JVM of its own, to be killed. */
    static final class Parent {

        private Parent() {}

        public static void main(String[] args) throws Exception {
            LocalProcess child = LocalProcess.start("child", List.of("sleep", "600"), Path.of(args[0], "child.log"));
            System.out.println(child.pid());
            Thread.sleep(600_000);
        }
    }

    @Test
    void isGoneWhenPatienceEndsEvenIfItWillNotListen() throws Exception {
        LocalProcess stubborn = LocalProcess.start(
                "stubborn",
                List.of("sh", "-c", "trap '' TERM; echo ready; while true; do sleep 1; done"),
                directory.resolve("stubborn.log"));
        ProcessHandle handle = ProcessHandle.of(stubborn.pid()).orElseThrow();
        awaitOutput(directory.resolve("stubborn.log"));

        stubborn.end(Duration.ofMillis(300));

        assertThat(handle.isAlive()).isFalse();
    }

    @Test
    void endsWhatItStartedItself() throws Exception {
        LocalProcess parent = LocalProcess.start(
                "parent", List.of("sh", "-c", "sleep 600 & echo $!; wait"), directory.resolve("parent.log"));
        long child = Long.parseLong(awaitOutput(directory.resolve("parent.log")));
        ProcessHandle handle = ProcessHandle.of(child).orElseThrow();

        parent.close();

        handle.onExit().get(5, TimeUnit.MINUTES);
    }

    @Test
    void doesNotOutliveAJvmThatIsTerminated() throws Exception {
        Process jvm = jvm();
        ProcessHandle child = child(jvm);

        jvm.destroy();

        child.onExit().get(5, TimeUnit.MINUTES);
    }

    @Test
    void doesNotOutliveAJvmThatIsKilled() throws Exception {
        Process jvm = jvm();
        ProcessHandle child = child(jvm);

        jvm.destroyForcibly();

        child.onExit().get(5, TimeUnit.MINUTES);
    }

    private Process jvm() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Parent.class.getName(),
                        directory.toString())
                .redirectError(directory.resolve("jvm.log").toFile())
                .start();
    }

    private static ProcessHandle child(Process jvm) throws IOException {
        BufferedReader output = jvm.inputReader(StandardCharsets.UTF_8);
        return ProcessHandle.of(Long.parseLong(output.readLine().strip())).orElseThrow();
    }

    private static String awaitOutput(Path log) {
        return Awaitility.await().until(() -> Files.readString(log).strip(), text -> !text.isEmpty());
    }
}
