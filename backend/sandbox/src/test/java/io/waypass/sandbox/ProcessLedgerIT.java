package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.LocalProcess;
import java.io.IOException;
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

    private Instant started() {
        return ProcessHandle.of(process.pid())
                .orElseThrow()
                .info()
                .startInstant()
                .orElseThrow();
    }

    private ProcessLedger ledger(String... lines) throws IOException {
        Path file = Files.write(directory.resolve("processes"), List.of(lines));
        return new ProcessLedger(file, directory.resolve("none"));
    }
}
