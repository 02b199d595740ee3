package io.waypass.certificate;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The sentences that people read, one block for each {@link Verdict}: {@code findings.txt}. They are read by the tests
 * that bring them about and by the one that writes the documentation.
 */
final class FindingSentences {

    /** How they are written anew, and the documentation after them. */
    static final String COMMAND =
            "mvn -pl backend/core -am verify -Dtest=NoUnitTest -Dit.test=VerdictsIT -Dwaypass.docs=write"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dfailsafe.failIfNoSpecifiedTests=false";

    private static final Path FILE = Path.of("src/test/resources/io/waypass/certificate/findings.txt");

    private FindingSentences() {}

    /** Whether files are to be written and not compared. */
    static boolean writing() {
        return "write".equals(System.getProperty("waypass.docs"));
    }

    /** A finding as its block has it. */
    static String of(Finding finding) {
        return String.join(
                "\n",
                finding.level() + " in " + finding.part(),
                finding.title() + ".",
                "Found: " + finding.found(),
                "Expected: " + finding.expected(),
                "To do: " + finding.toDo());
    }

    /** Blocks by the name of their verdict. */
    static Map<String, String> all() {
        try {
            return Arrays.stream(Files.readString(FILE).split("\n\n"))
                    .map(String::strip)
                    .filter(block -> block.startsWith("# "))
                    .collect(Collectors.toMap(
                            block -> block.lines().findFirst().orElseThrow().substring(2),
                            block -> block.lines().skip(1).collect(Collectors.joining("\n")),
                            (one, other) -> one,
                            LinkedHashMap::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(List<Verdict> order, Map<String, String> blocks) {
        try {
            Files.createDirectories(FILE.getParent());
            Files.writeString(
                    FILE,
                    order.stream()
                            .map(verdict -> "# " + verdict + "\n" + blocks.get(verdict.toString()) + "\n")
                            .collect(Collectors.joining("\n")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
