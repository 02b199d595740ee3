package io.waypass.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** One package owns each table: only its classes write to it, be it by a function of the database. */
class TableOwnershipTests {

    private static final Path MIGRATIONS = Path.of("../../db/src/main/resources/db/migration");
    private static final List<Path> SOURCES =
            List.of(Path.of("src/main/java"), Path.of("../portal/src/main/java"), Path.of("../applier/src/main/java"));

    private static final Pattern TABLE = Pattern.compile("create table (\\w+)");
    private static final Pattern WRITE = Pattern.compile("\\b(?:insert into|update|delete from)\\s+(\\w+)");
    private static final Pattern FUNCTION = Pattern.compile(
            "create (?:or replace )?function (\\w+)\\(.*?(?:as \\$\\$(.*?)\\$\\$;|;\\n)", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("\\b(\\w+)\\(");
    private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

    /** Spring Session and the migrations write these; no class of ours does. */
    private static final Set<String> WRITTEN_BY_LIBRARIES =
            Set.of("spring_session", "spring_session_attributes", "request_status_edge");

    @Test
    void onePackageWritesEachTable() {
        Map<String, Set<String>> writers = writers();

        assertThat(writers)
                .allSatisfy((table, packages) ->
                        assertThat(packages).as("packages that write " + table).hasSize(1));
        assertThat(writers.keySet()).as("tables that a class writes").isEqualTo(ownedTables());
        // written by functions and by db-scheduler, too
        assertThat(writers.get("scheduled_tasks")).containsExactly("io.waypass.task");
    }

    private static Map<String, Set<String>> writers() {
        Set<String> tables = ownedTables();
        Map<String, Set<String>> functions = writingFunctions(tables);
        Map<String, Set<String>> writers = new TreeMap<>();
        for (String source : sources()) {
            Matcher named = PACKAGE.matcher(source);
            String where = named.find() ? named.group(1) : "";
            for (String table : written(source, tables)) {
                writers.computeIfAbsent(table, _ -> new TreeSet<>()).add(where);
            }
            Matcher call = CALL.matcher(source);
            while (call.find()) {
                for (String table : functions.getOrDefault(call.group(1), Set.of())) {
                    writers.computeIfAbsent(table, _ -> new TreeSet<>()).add(where);
                }
            }
        }
        return writers;
    }

    /** The tables that each of the database's functions writes; who calls the function writes them. */
    private static Map<String, Set<String>> writingFunctions(Set<String> tables) {
        Map<String, Set<String>> functions = new TreeMap<>();
        for (String migration : texts(MIGRATIONS, ".sql")) {
            Matcher function = FUNCTION.matcher(migration);
            while (function.find()) {
                if (function.group(2) != null) {
                    functions.put(function.group(1), written(function.group(2), tables));
                }
            }
        }
        return functions;
    }

    private static Set<String> written(String text, Set<String> tables) {
        Set<String> written = new TreeSet<>();
        Matcher write = WRITE.matcher(text);
        while (write.find()) {
            if (tables.contains(write.group(1))) {
                written.add(write.group(1));
            }
        }
        return written;
    }

    private static Set<String> ownedTables() {
        Set<String> tables = new TreeSet<>();
        for (String migration : texts(MIGRATIONS, ".sql")) {
            Matcher table = TABLE.matcher(migration);
            while (table.find()) {
                tables.add(table.group(1));
            }
        }
        tables.removeAll(WRITTEN_BY_LIBRARIES);
        return tables;
    }

    private static List<String> sources() {
        return SOURCES.stream().flatMap(root -> texts(root, ".java").stream()).toList();
    }

    private static List<String> texts(Path root, String suffix) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(suffix))
                    .map(TableOwnershipTests::read)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
