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

/**
 * One package owns each table: only its classes write to it, be it by a function of the database. Which tables of others a package reads
 * is decided here.
 */
class TableOwnershipTests {

    private static final Path MIGRATIONS = Path.of("../../db/src/main/resources/db/migration");
    private static final List<Path> SOURCES =
            List.of(Path.of("src/main/java"), Path.of("../portal/src/main/java"), Path.of("../applier/src/main/java"));

    private static final Pattern TABLE = Pattern.compile("create table (\\w+)");
    private static final Pattern VIEW = Pattern.compile("create (?:or replace )?view (\\w+)(.*?);\\n", Pattern.DOTALL);
    private static final Pattern WRITE = Pattern.compile("\\b(?:insert into|update|delete from)\\s+(\\w+)");
    private static final Pattern FUNCTION = Pattern.compile(
            "create (?:or replace )?function (\\w+)\\(.*?(?:as \\$\\$(.*?)\\$\\$;|;\\n)", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("\\b(\\w+)\\(");
    private static final Pattern COMMENT =
            Pattern.compile("^\\s*(?:/\\*.*?\\*/|//[^\\n]*)", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern LITERAL =
            Pattern.compile("\"\"\"(.*?)\"\"\"|\"((?:[^\"\\\\\\n]|\\\\.)*)\"", Pattern.DOTALL);
    private static final List<Pattern> READS = List.of(
            Pattern.compile("(?<!distinct )(?<!delete )\\b(?:from|join|using)\\s+(\\w+)\\b(?!\\.)"),
            Pattern.compile("\\b(?:from|using)\\s+\\w+(?:\\s+(?:as\\s+)?\\w+)?\\s*,\\s*(\\w+)\\b(?!\\.)"));
    private static final Pattern PACKAGE = Pattern.compile("^package io\\.waypass\\.([\\w.]+);", Pattern.MULTILINE);

    /** Spring Session and the migrations write these; no class of ours does. */
    private static final Set<String> WRITTEN_BY_LIBRARIES =
            Set.of("spring_session", "spring_session_attributes", "request_kind", "request_status_edge");

    /** The tables of others that a package's own SQL reads. */
    private static final Map<String, Set<String>> READS_OF_OTHERS = Map.ofEntries(
            Map.entry("access", Set.of("team", "team_group")),
            Map.entry("app", Set.of("cluster", "team")),
            Map.entry(
                    "certificate",
                    Set.of(
                            "app",
                            "cluster",
                            "destination",
                            "identity",
                            "identity_revision",
                            "request",
                            "resource",
                            "team")),
            Map.entry(
                    "cluster",
                    Set.of(
                            "app",
                            "destination",
                            "identity",
                            "observed_object",
                            "request",
                            "resource",
                            "resource_revision",
                            "team")),
            Map.entry("decision", Set.of("identity", "plan", "policy_set", "request")),
            Map.entry("destination", Set.of("cluster", "gateway", "gateway_revision", "identity", "resource")),
            Map.entry("gateway", Set.of("cluster", "resource")),
            Map.entry(
                    "identity",
                    Set.of(
                            "app",
                            "certificate",
                            "cluster",
                            "cluster_watch",
                            "destination",
                            "resource",
                            "resource_revision",
                            "team")),
            Map.entry("plan", Set.of("decision", "request", "resource")),
            Map.entry("policy", Set.of("person")),
            Map.entry(
                    "reconcile",
                    Set.of(
                            "cluster",
                            "decision",
                            "destination",
                            "identity",
                            "observed_object",
                            "plan",
                            "plan_object",
                            "request",
                            "resource")),
            Map.entry(
                    "request",
                    Set.of(
                            "app",
                            "certificate",
                            "cluster",
                            "decision",
                            "destination",
                            "identity",
                            "identity_revision",
                            "person",
                            "plan",
                            "policy",
                            "policy_evaluation",
                            "policy_version",
                            "resource",
                            "resource_revision",
                            "team")),
            Map.entry("resource", Set.of("app", "cluster", "destination", "identity")),
            Map.entry("team", Set.of("cluster")));

    @Test
    void aPackageReadsTheTablesOfOthersThatItIsAllowedTo() {
        Map<String, Set<String>> writers = writers();
        Map<String, Set<String>> views = views();
        Map<String, Set<String>> reads = new TreeMap<>();
        for (String source : sources()) {
            String reader = packageOf(source);
            for (String table : tables(read(source), views)) {
                if (!writers.getOrDefault(table, Set.of(reader)).contains(reader)) {
                    reads.computeIfAbsent(reader, _ -> new TreeSet<>()).add(table);
                }
            }
        }

        assertThat(reads).isEqualTo(READS_OF_OTHERS);
    }

    /** What is selected from or joined in the texts of a class; only its names of tables and views matter. */
    private static Set<String> read(String source) {
        Set<String> read = new TreeSet<>();
        Matcher literal = LITERAL.matcher(COMMENT.matcher(source).replaceAll(""));
        while (literal.find()) {
            read.addAll(readBy(literal.group(1) == null ? literal.group(2) : literal.group(1)));
        }
        return read;
    }

    private static Set<String> readBy(String sql) {
        Set<String> read = new TreeSet<>();
        for (Pattern reads : READS) {
            Matcher table = reads.matcher(sql);
            while (table.find()) {
                read.add(table.group(1));
            }
        }
        return read;
    }

    /** What each view is made of: reading it is reading that. */
    private static Map<String, Set<String>> views() {
        Map<String, Set<String>> views = new TreeMap<>();
        for (String migration : texts(MIGRATIONS, ".sql")) {
            Matcher view = VIEW.matcher(migration);
            while (view.find()) {
                views.put(view.group(1), readBy(view.group(2)));
            }
        }
        assertThat(views).as("views, and what they are made of").containsEntry("about_destination", Set.of("identity"));
        return views;
    }

    private static Set<String> tables(Set<String> read, Map<String, Set<String>> views) {
        Set<String> tables = new TreeSet<>();
        for (String name : read) {
            if (views.containsKey(name)) {
                tables.addAll(tables(views.get(name), views));
            } else {
                tables.add(name);
            }
        }
        return tables;
    }

    @Test
    void onePackageWritesEachTable() {
        Map<String, Set<String>> writers = writers();

        assertThat(writers)
                .allSatisfy((table, packages) ->
                        assertThat(packages).as("packages that write " + table).hasSize(1));
        assertThat(writers.keySet()).as("tables that a class writes").isEqualTo(ownedTables());
        // written by functions and by db-scheduler, too
        assertThat(writers.get("scheduled_tasks")).containsExactly("task");
    }

    private static Map<String, Set<String>> writers() {
        Set<String> tables = ownedTables();
        Map<String, Set<String>> functions = writingFunctions(tables);
        Map<String, Set<String>> writers = new TreeMap<>();
        for (String source : sources()) {
            String where = packageOf(source);
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

    private static String packageOf(String source) {
        Matcher named = PACKAGE.matcher(source);
        return named.find() ? named.group(1) : "";
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
                    .map(TableOwnershipTests::text)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
