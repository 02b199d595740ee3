package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildNotesTests {

    @TempDir
    Path directory;

    @Test
    void linesGoToAFileOfThisJvm() throws IOException {
        BuildNotes notes = BuildNotes.in(directory.resolve("build").toString());

        notes.leftOut(7, Requirement.CHROMIUM);
        notes.replaced("PostgreSQL was the embedded one.");

        assertThat(Files.readAllLines(directory.resolve(
                        "build/notes/" + ProcessHandle.current().pid() + ".txt")))
                .containsExactly(
                        "7\tLeft out: # tests in the browser, since there is no Chromium. Install it (apt-get install"
                                + " chromium), or name one with -Dchromium=<path>.",
                        "0\tPostgreSQL was the embedded one.");
    }

    @Test
    void whatFailedOnceInABuildIsNotTriedAgainInIt() {
        AtomicInteger attempts = new AtomicInteger();

        for (int jvm = 1; jvm <= 2; jvm++) {
            assertThatThrownBy(() -> BuildNotes.in(directory.toString()).once("plane", () -> {
                        attempts.incrementAndGet();
                        throw new IllegalStateException("No route to host");
                    }))
                    .hasMessage("No route to host");
        }
        assertThat(attempts).hasValue(1);
        assertThat(BuildNotes.in(directory.toString()).once("other", () -> "there"))
                .isEqualTo("there");
    }

    @Test
    void withoutABuildNothingIsKept() {
        BuildNotes none = BuildNotes.in("");

        none.leftOut(1, Requirement.NGINX);

        assertThat(none.once("plane", () -> "there")).isEqualTo("there");
        assertThat(directory).isEmptyDirectory();
    }
}
