package io.waypass.certificate;

import io.waypass.certificate.Finding.Level;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The tables of {@code docs/certificates.md}, made from what the tests show. */
final class CertificateDocs {

    private static final Path PAGE = Path.of("../../docs/certificates.md");

    private CertificateDocs() {}

    /** Tables by the name of their section. */
    static Map<String, String> tables() {
        Map<String, String> sentences = FindingSentences.all();
        List<Shape> shapes = Shapes.all();
        Map<String, String> tables = new LinkedHashMap<>();
        for (Level level : Level.values()) {
            tables.put(level.name().toLowerCase(Locale.ROOT) + "s", codes(level, sentences));
        }
        tables.put(
                "mistakes",
                table(
                        List.of("Given", "What is said then"),
                        Mistakes.all().stream()
                                .map(verdict -> List.of(
                                        verdict.when(), sentence(sentences.getOrDefault(verdict.toString(), ""))))
                                .toList()));
        tables.put(
                "shapes",
                table(
                        List.of("", "What you have", "Key", "Such as made by", "Given", "Read as"),
                        IntStream.range(0, shapes.size())
                                .mapToObj(i -> row(i + 1, shapes.get(i)))
                                .toList()));
        return tables;
    }

    /** What stands in the page. */
    static String written(String section) {
        String page = page();
        return page.substring(from(page, section), to(page, section));
    }

    /** Writes every table anew. */
    static void write() {
        tables().forEach((section, table) -> {
            String page = page();
            try {
                Files.writeString(
                        PAGE, page.substring(0, from(page, section)) + table + page.substring(to(page, section)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static String page() {
        try {
            return Files.readString(PAGE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int from(String page, String section) {
        return after(page, "<!-- " + section + ", made by CertificateDocs -->\n");
    }

    private static int to(String page, String section) {
        String end = "\n<!-- end of " + section + " -->";
        return after(page, end) - end.length();
    }

    private static int after(String page, String mark) {
        int at = page.indexOf(mark);
        if (at < 0) {
            throw new IllegalStateException("docs/certificates.md has no line " + mark.strip());
        }
        return at + mark.length();
    }

    private static String codes(Level level, Map<String, String> sentences) {
        Map<String, List<Verdict>> byCode = Verdicts.all().stream()
                .filter(verdict -> verdict.level() == level)
                .collect(Collectors.groupingBy(Verdict::code, LinkedHashMap::new, Collectors.toList()));
        return table(
                List.of("Code", "For instance", "What is said then"),
                byCode.entrySet().stream()
                        .map(entry -> List.of(
                                "`" + entry.getKey() + "`",
                                entry.getValue().stream().map(Verdict::when).collect(Collectors.joining("; ")),
                                sentence(sentences.getOrDefault(
                                        entry.getValue().getFirst().toString(), ""))))
                        .toList());
    }

    private static List<String> row(int number, Shape shape) {
        return List.of(
                Integer.toString(number),
                shape.what(),
                shape.key().description(),
                shape.commands().isEmpty()
                        ? ""
                        : shape.commands().stream()
                                .flatMap(String::lines)
                                .map(command -> "`" + command + "`")
                                .collect(Collectors.joining("<br>")),
                Stream.concat(shape.client().stream(), shape.ca().stream())
                        .map(given -> "`" + given.file() + "`")
                        .collect(Collectors.joining("<br>")),
                String.join("<br>", shape.readAs()));
    }

    /** Without the line that names level and field. */
    private static String sentence(String block) {
        return block.lines().skip(1).collect(Collectors.joining("<br>"));
    }

    private static String table(List<String> header, List<List<String>> rows) {
        Function<List<String>, String> line = cells ->
                cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |"));
        return Stream.concat(
                        Stream.of(line.apply(header), "|" + " --- |".repeat(header.size())),
                        rows.stream().map(line))
                .collect(Collectors.joining("\n"));
    }
}
