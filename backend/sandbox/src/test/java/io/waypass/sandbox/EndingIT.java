package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.testing.junit.FullOnly;
import io.waypass.testing.junit.PatientWaits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** How a sandbox's process ends when it is asked to. */
class EndingIT {

    private static final String SENTENCE = "Ending the sandbox; its state is kept";

    /**
     * What a script runs in its background ignores Ctrl-C, and so does what that starts, tests and sandboxes included. GNU's {@code env}
     * undoes it; where there is another one, this suite needs a terminal.
     */
    private static final List<String> HEEDING_CTRL_C = List.of("env", "--default-signal=INT");

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void killWhatAFailedTestLeft() {
        started.forEach(Process::destroyForcibly);
    }

    @Test
    @FullOnly
    void endsWithStatus0AndOneSentenceAtCtrlCAndAtSigtermAndKeepsItsState() throws Exception {
        Process first = sandbox("first");
        await("first", "Waypass is ready");
        String address = remembered("address");
        String people = remembered("people");
        List<ProcessHandle> processes = processes(first);
        assertThat(processes)
                .as("portal, applier, API server, etcd, PostgreSQL")
                .hasSizeGreaterThanOrEqualTo(5);

        signal("INT", first);
        await("first", SENTENCE);
        // somebody is impatient
        signal("INT", first);

        assertEnded(first, "first", processes);

        Process second = sandbox("second");
        await("second", "Waypass is ready");
        assertThat(remembered("address")).isEqualTo(address);
        assertThat(remembered("people")).isEqualTo(people);
        processes = processes(second);

        signal("TERM", second);

        assertEnded(second, "second", processes);
    }

    @Test
    void endsTheSameWayWhileItIsStarting() throws Exception {
        Process starting = sandbox("starting");
        await("starting", "Starting PostgreSQL");

        Awaitility.await("it has started something")
                .until(() -> !processes(starting).isEmpty());
        List<ProcessHandle> processes = processes(starting);
        signal("INT", starting);

        assertEnded(starting, "starting", processes);
    }

    private Process sandbox(String name) throws Exception {
        List<String> command = new ArrayList<>(canHeedCtrlC() ? HEEDING_CTRL_C : List.of());
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dstdout.encoding=UTF-8",
                "-Dsandbox.dir=" + directory.resolve("state"),
                "-Dsandbox.port=0",
                "-Dsandbox.portal.jar=" + System.getProperty("sandbox.portal.jar"),
                "-Dsandbox.applier.jar=" + System.getProperty("sandbox.applier.jar"),
                "-classpath",
                System.getProperty("java.class.path"),
                Sandbox.class.getName()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name).toFile())
                .start();
        started.add(process);
        return process;
    }

    private static boolean canHeedCtrlC() throws Exception {
        List<String> attempt =
                Stream.concat(HEEDING_CTRL_C.stream(), Stream.of("true")).toList();
        Process process = new ProcessBuilder(attempt)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor() == 0;
    }

    /** Waits for a line; a sandbox that ends without it has said why. */
    private void await(String name, String words) {
        Awaitility.await().until(() -> {
            boolean ended = !started.getLast().isAlive();
            String output = output(name);
            if (ended && !output.contains(words)) {
                throw new AssertionError("It ended: " + output);
            }
            return output.contains(words);
        });
    }

    private void assertEnded(Process process, String name, List<ProcessHandle> processes) throws Exception {
        assertThat(process.waitFor(PatientWaits.PATIENCE)).isTrue();
        assertThat(process.exitValue()).as(output(name)).isZero();
        assertThat(output(name)).containsOnlyOnce(SENTENCE);
        assertThat(output(name).substring(output(name).indexOf(SENTENCE)).lines())
                .as("the last line")
                .hasSize(1);
        Awaitility.await()
                .untilAsserted(() -> assertThat(processes.stream().filter(ProcessHandle::isAlive))
                        .isEmpty());
    }

    /** What it started; the database server leaves its parent, and tells its own id. */
    private List<ProcessHandle> processes(Process sandbox) throws IOException {
        Path postmaster = directory.resolve("state/postgres/postmaster.pid");
        Stream<ProcessHandle> database = Files.exists(postmaster)
                ? Files.readAllLines(postmaster).stream()
                        .limit(1)
                        .map(Long::parseLong)
                        .flatMap(id -> ProcessHandle.of(id).stream())
                : Stream.empty();
        return Stream.concat(sandbox.descendants(), database).toList();
    }

    private String remembered(String name) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(directory.resolve("state/sandbox.json")))
                .path(name)
                .toString();
    }

    private String output(String name) throws IOException {
        return Files.readString(directory.resolve(name));
    }

    private static void signal(String name, Process process) throws Exception {
        Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
        assertThat(kill.waitFor(5, TimeUnit.MINUTES)).isTrue();
    }
}
