package io.waypass.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Records the processes of a sandbox, so that the next start can end those that a killed sandbox left behind. A process
 * id alone proves nothing, because ids are reused: the start time has to match, too.
 */
final class ProcessLedger {

    /** Start times come from a clock of ticks; two readings may differ by about a second. */
    private static final Duration TOLERANCE = Duration.ofSeconds(2);

    private record Entry(long pid, Instant started) {

        static Optional<Entry> of(ProcessHandle process) {
            return process.info().startInstant().map(started -> new Entry(process.pid(), started));
        }

        static Optional<Entry> parse(String line) {
            String[] parts = line.split(" ");
            return parts.length == 2 && parts[0].matches("[0-9]+") && parts[1].matches("[0-9]+")
                    ? Optional.of(new Entry(Long.parseLong(parts[0]), Instant.ofEpochMilli(Long.parseLong(parts[1]))))
                    : Optional.empty();
        }

        String line() {
            return pid + " " + started.toEpochMilli();
        }

        Optional<ProcessHandle> alive() {
            return ProcessHandle.of(pid)
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(at -> Duration.between(at, started).abs().compareTo(TOLERANCE) <= 0)
                            .isPresent());
        }
    }

    private final Path file;
    private final Path daemonPidFile;

    /**
     * @param file where the ledger is stored
     * @param daemonPidFile PostgreSQL's {@code postmaster.pid}: its first line is the id of a process that is no longer
     * a descendant of this one, its third line the second of its start
     */
    ProcessLedger(Path file, Path daemonPidFile) {
        this.file = file;
        this.daemonPidFile = daemonPidFile;
    }

    /**
     * Ends processes that an earlier sandbox of this directory left behind.
     *
     * @param progress receives sentences about the progress
     * @throws SandboxFailed if that sandbox still runs
     */
    void settle(Consumer<String> progress) {
        List<Entry> entries = read();
        if (entries.isEmpty()) {
            return;
        }
        Entry owner = entries.getFirst();
        if (owner.pid() != ProcessHandle.current().pid() && owner.alive().isPresent()) {
            throw new SandboxFailed("A sandbox with this state runs already (process " + owner.pid()
                    + "). End it with Ctrl-C there, or name another directory with -Dsandbox.dir=…");
        }
        List<ProcessHandle> left = entries.stream()
                .skip(1)
                .flatMap(entry -> entry.alive().stream())
                .toList();
        if (left.isEmpty()) {
            return;
        }
        progress.accept("An earlier sandbox was killed; ending what it left behind (processes: " + left.size() + ").");
        left.forEach(ProcessHandle::destroy);
        if (!ended(left, Duration.ofSeconds(10))) {
            left.forEach(ProcessHandle::destroyForcibly);
            ended(left, Duration.ofMinutes(5));
        }
    }

    /** Records this process and all its descendants. */
    synchronized void record() {
        List<String> lines = new ArrayList<>();
        ProcessHandle self = ProcessHandle.current();
        try (Stream<ProcessHandle> children = self.descendants()) {
            Stream.of(Stream.of(self), children, daemon().stream())
                    .flatMap(Function.identity())
                    .flatMap(process -> Entry.of(process).stream())
                    .map(Entry::line)
                    .forEach(lines::add);
        }
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the record, once everything has ended. */
    synchronized void clear() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Empty if the file is from an earlier run and its id now belongs to another process: a process that started later
     * than the file says did not write it.
     */
    private Optional<ProcessHandle> daemon() {
        try {
            List<String> lines = Files.exists(daemonPidFile) ? Files.readAllLines(daemonPidFile) : List.of();
            if (lines.size() < 3
                    || !lines.getFirst().matches("[0-9]{1,18}")
                    || !lines.get(2).matches("[0-9]{1,11}")) {
                return Optional.empty();
            }
            Instant latest = Instant.ofEpochSecond(Long.parseLong(lines.get(2))).plus(TOLERANCE);
            return ProcessHandle.of(Long.parseLong(lines.getFirst()))
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(at -> !at.isAfter(latest))
                            .isPresent());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Entry> read() {
        try {
            return Files.exists(file)
                    ? Files.readAllLines(file).stream()
                            .flatMap(line -> Entry.parse(line).stream())
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ended(List<ProcessHandle> processes, Duration within) {
        try {
            CompletableFuture.allOf(
                            processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException _) {
            return false;
        }
    }
}
