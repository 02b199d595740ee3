package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.LocalProcess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLedgerIT {

    private static final String NOBODY = "999999999 0";

    @TempDir
    Path directory;

    private LocalProcess process;
    private final List<String> said = new ArrayList<>();

    @BeforeEach
    void begin() throws IOException {
        process = LocalProcess.start("sleeper", List.of("sleep", "300"), directory.resolve("log"));
    }

    @AfterEach
    void end() {
        process.close();
    }

    @Test
    void endsWhatAKilledSandboxLeftBehind() throws IOException {
        ledger(NOBODY, process.pid() + " " + started().toEpochMilli()).settle(said::add);

        assertThat(process.isAlive()).isFalse();
        assertThat(said).singleElement().asString().contains("left behind (processes: 1)");
    }

    @Test
    void neverEndsAProcessThatOnlyHasTheSameId() throws IOException {
        ledger(NOBODY, process.pid() + " " + started().minusSeconds(60).toEpochMilli())
                .settle(said::add);

        assertThat(process.isAlive()).isTrue();
        assertThat(said).isEmpty();
    }

    @Test
    void refusesToShareTheStateOfASandboxThatRuns() throws IOException {
        ProcessLedger ledger = ledger(process.pid() + " " + started().toEpochMilli());

        assertThatThrownBy(() -> ledger.settle(said::add))
                .isInstanceOf(SandboxFailed.class)
                .hasMessageContaining("runs already");
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void writesDownTheDatabaseServer() throws Exception {
        ProcessHandle server = orphan();
        try {
            assertThat(recorded(server, started(server))).anyMatch(line -> line.startsWith(server.pid() + " "));
        } finally {
            server.destroyForcibly();
        }
    }

    @Test
    void neverTakesAStrangerForTheDatabaseServerOfAnEarlierRun() throws Exception {
        ProcessHandle stranger = orphan();
        try {
            assertThat(recorded(stranger, started(stranger).minusSeconds(60)))
                    .noneMatch(line -> line.startsWith(stranger.pid() + " "));
        } finally {
            stranger.destroyForcibly();
        }
    }

    /** No descendant of this process, as PostgreSQL is none of the sandbox. */
    private static ProcessHandle orphan() throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", "sleep 300 >/dev/null 2>&1 & echo $!").start();
        String pid = new String(shell.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        shell.waitFor();
        return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    }

    private List<String> recorded(ProcessHandle server, Instant begun) throws IOException {
        Path pidFile = Files.write(
                directory.resolve("postmaster.pid"),
                List.of(String.valueOf(server.pid()), "data", String.valueOf(begun.getEpochSecond())));
        Path file = directory.resolve("processes");
        new ProcessLedger(file, pidFile).record();
        return Files.readAllLines(file);
    }

    private Instant started() {
        return started(ProcessHandle.of(process.pid()).orElseThrow());
    }

    private static Instant started(ProcessHandle process) {
        return process.info().startInstant().orElseThrow();
    }

    private ProcessLedger ledger(String... lines) throws IOException {
        Path file = Files.write(directory.resolve("processes"), List.of(lines));
        return new ProcessLedger(file, directory.resolve("none"));
    }
}
