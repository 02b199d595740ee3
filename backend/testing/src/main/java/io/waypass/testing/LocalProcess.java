package io.waypass.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A process that was started here and ends with this JVM at the latest: politely first, then for good. Its output goes
 * to a file.
 */
public final class LocalProcess implements AutoCloseable {

    private static final Set<LocalProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(LocalProcess::close), "end-processes"));
    }

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
     * @return the process
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
     * @return the process
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
        LocalProcess started = new LocalProcess(name, builder.start());
        RUNNING.add(started);
        return started;
    }

    /** {@return the name given at start} */
    public String name() {
        return name;
    }

    /** {@return the operating system's id} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether it runs} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it at once, as a crash would. */
    public void kill() {
        RUNNING.remove(this);
        process.destroyForcibly();
        await(10);
    }

    @Override
    public void close() {
        RUNNING.remove(this);
        process.destroy();
        if (!await(12)) {
            process.destroyForcibly();
            await(10);
        }
    }

    private boolean await(int seconds) {
        boolean interrupted = false;
        try {
            return process.waitFor(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
            return false;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
