package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTests {

    @TempDir
    Path directory;

    @Test
    void secretsStayTheSameAndAreTheOwnersAlone() throws IOException {
        String first = StateDirectory.open(directory, false).secret("password.member");

        assertThat(StateDirectory.open(directory, false).secret("password.member"))
                .isEqualTo(first)
                .matches("[a-z0-9]{20}");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("secrets.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aFreshStartThrowsAwayWhatASandboxWroteAndKeepsLogs() throws IOException {
        String before = StateDirectory.open(directory, false).secret("password.member");
        Files.createDirectories(directory.resolve("logs"));
        Files.writeString(directory.resolve("logs/sandbox.log"), "being written");
        Files.createDirectories(directory.resolve("postgres/base"));

        StateDirectory fresh = StateDirectory.open(directory, true);

        assertThat(fresh.secret("password.member")).isNotEqualTo(before);
        assertThat(directory.resolve("postgres")).doesNotExist();
        assertThat(directory.resolve("logs/sandbox.log")).exists();
    }

    @Test
    void aFreshStartNeverDeletesWhatNoSandboxWrote() throws IOException {
        Path diary = Files.writeString(directory.resolve("diary.txt"), "mine");

        assertThatThrownBy(() -> StateDirectory.open(directory, true))
                .isInstanceOf(SandboxFailed.class)
                .hasMessageContaining(directory.toString());

        assertThat(diary).hasContent("mine");
    }

    @Test
    void portsStayTheSame() {
        int first = StateDirectory.open(directory, false).port("portal", 0, _ -> {});

        assertThat(StateDirectory.open(directory, false).port("portal", 0, _ -> {}))
                .isEqualTo(first);
    }
}
