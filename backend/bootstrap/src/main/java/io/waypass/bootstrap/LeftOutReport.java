package io.waypass.bootstrap;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Prints, at the end of a build, which tests were left out or used a substitute, why, and how to change it. */
public final class LeftOutReport {

    private LeftOutReport() {}

    /**
     * Prints the lines that the build's test JVMs wrote, and removes them.
     *
     * @param args the build's directory of notes; {@code true} if no tests ran
     * @throws IOException if the notes cannot be read
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 1 && Boolean.parseBoolean(args[1])) {
            return;
        }
        print(Path.of(args[0]), System.out);
    }

    static void print(Path build, PrintStream out) throws IOException {
        lines(build).forEach(out::println);
        delete(build);
    }

    /** One line for each sentence, in alphabetical order; a single line that says so if there is none. */
    static List<String> lines(Path build) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (Path file : files(build.resolve("notes"))) {
            for (String line : Files.readAllLines(file)) {
                int tab = line.indexOf('\t');
                counts.merge(line.substring(tab + 1), Integer.parseInt(line.substring(0, tab)), Integer::sum);
            }
        }
        List<String> lines = new ArrayList<>();
        counts.forEach(
                (sentence, count) -> lines.add(sentence.replace("# tests", count == 1 ? "1 test" : count + " tests")));
        return lines.isEmpty() ? List.of("No test was left out for want of something on this machine.") : lines;
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static void delete(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
