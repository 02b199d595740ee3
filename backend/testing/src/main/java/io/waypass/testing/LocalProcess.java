package io.waypass.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A process that ends with this JVM at the latest, even if the JVM is killed: by SIGTERM first, then by SIGKILL. Its
 * descendants end with it.
 */
public final class LocalProcess implements AutoCloseable {

    private static final Set<LocalProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(LocalProcess::endAll, "end-processes"));
    }

    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private final String name;
    private final Process process;

    private LocalProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts a process.
     *
     * @param name for messages
     * @param command executable and arguments
     * @param log where standard output and error are appended
     * @throws IOException if it cannot be started
     */
    public static LocalProcess start(String name, List<String> command, Path log) throws IOException {
        return start(name, command, Map.of(), log);
    }

    /**
     * Starts a process with an environment.
     *
     * @param name for messages
     * @param command executable and arguments
     * @param environment added to this JVM's own
     * @param log where standard output and error are appended
     * @throws IOException if it cannot be started
     */
    public static LocalProcess start(String name, List<String> command, Map<String, String> environment, Path log)
            throws IOException {
        if (log.toAbsolutePath().getParent() instanceof Path parent) {
            Files.createDirectories(parent);
        }
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        return of(name, builder.start());
    }

    /**
     * Takes charge of a process that was started elsewhere in this JVM.
     *
     * @param name for messages
     */
    public static LocalProcess of(String name, Process process) {
        LocalProcess taken = new LocalProcess(name, process);
        RUNNING.add(taken);
        OrphanWatch.over(process.toHandle());
        process.onExit().thenRun(() -> RUNNING.remove(taken));
        return taken;
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once, like a crash, and waits until it is gone. */
    public void kill() {
        end(Duration.ZERO);
    }

    /** Asks it to end, waits up to 12 seconds, then kills it; returns when it is gone. */
    @Override
    public void close() {
        end(PATIENCE);
    }

    /** Asks it to end, waits for the given time, then kills it. */
    void end(Duration patience) {
        RUNNING.remove(this);
        List<ProcessHandle> below = process.descendants().toList();
        if (patience.isPositive()) {
            process.destroy();
        }
        if (!gone(patience)) {
            process.destroyForcibly();
            gone(Duration.ofMinutes(5));
        }
        below.forEach(ProcessHandle::destroyForcibly);
    }

    private boolean gone(Duration patience) {
        try {
            return process.waitFor(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void endAll() {
        // all are asked before any is waited for, so that they end in parallel
        List<LocalProcess> left = List.copyOf(RUNNING);
        left.forEach(each -> each.process.destroy());
        left.forEach(LocalProcess::close);
    }
}
