package io.waypass.bootstrap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeftOutReportTests {

    @TempDir
    Path build;

    @Test
    void aBuildThatLeftNothingOutSaysSo() throws IOException {
        assertThat(LeftOutReport.lines(build))
                .containsExactly("No test was left out for want of something on this machine.");
    }

    @Test
    void theSameSentenceIsPrintedOnceWithTheSumOfItsTests() throws IOException {
        notes("1.txt", "7\tLeft out: # tests in the browser.", "1\tLeft out: # tests with nginx.");
        notes("2.txt", "5\tLeft out: # tests in the browser.", "0\tPostgreSQL was the embedded one.");
        notes("3.txt", "0\tPostgreSQL was the embedded one.");

        assertThat(LeftOutReport.lines(build))
                .containsExactly(
                        "Left out: 12 tests in the browser.",
                        "Left out: 1 test with nginx.",
                        "PostgreSQL was the embedded one.");
    }

    @Test
    void notesAreRemovedOnceTheyArePrinted() throws IOException {
        notes("1.txt", "0\tPostgreSQL was the embedded one.");

        ByteArrayOutputStream out = new ByteArrayOutputStream();

        LeftOutReport.print(build, new PrintStream(out, true, UTF_8));

        assertThat(out.toString(UTF_8)).isEqualTo("PostgreSQL was the embedded one." + System.lineSeparator());
        assertThat(build).doesNotExist();
        Files.createDirectories(build);
    }

    private void notes(String file, String... lines) throws IOException {
        Files.write(Files.createDirectories(build.resolve("notes")).resolve(file), List.of(lines));
    }
}
