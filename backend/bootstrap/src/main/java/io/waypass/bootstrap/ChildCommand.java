package io.waypass.bootstrap;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A command that does not outlive this process: the end of one kills the other, with all processes that it started. */
final class ChildCommand {

    private final Map<String, String> environment;

    /** @param environment added to this process's own */
    ChildCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Runs a command until its end.
     *
     * @param directory working directory, which also gets a file with the command's output
     * @param progress receives a sentence every 30 seconds
     * @return what the command printed
     * @throws CommandFailed if it ends with another status than 0
     * @throws IOException if there is no such command, or the output cannot be written
     * @throws PreparationStopped if this thread is interrupted, or this process ends; the command is killed
     */
    String run(Path directory, Consumer<String> progress, List<String> command) throws IOException, CommandFailed {
        Path output = Files.createTempFile(directory, "output", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        Thread ending = new Thread(() -> end(process), "end-command");
        try {
            Runtime.getRuntime().addShutdownHook(ending);
            while (!process.waitFor(30, TimeUnit.SECONDS)) {
                progress.accept("Still building, " + CacheDirectory.secondsSince(begin) + " s.");
            }
        } catch (InterruptedException e) {
            end(process);
            Thread.currentThread().interrupt();
            throw new PreparationStopped("interrupted while “" + String.join(" ", command) + "” was running", e);
        } finally {
            forget(ending, process);
        }
        String said = Files.readString(output, StandardCharsets.UTF_8);
        if (process.exitValue() != 0) {
            throw new CommandFailed(command, said);
        }
        return said;
    }

    /** A command that the end of this process killed did not fail itself, so no message is printed. */
    private static void forget(Thread ending, Process process) {
        try {
            Runtime.getRuntime().removeShutdownHook(ending);
        } catch (IllegalStateException e) {
            end(process);
            throw new PreparationStopped("The preparation was stopped, because this process ends.", e);
        }
    }

    /** Half-written files are never used. */
    private static void end(Process process) {
        List<ProcessHandle> below = process.descendants().toList();
        process.destroyForcibly();
        below.forEach(ProcessHandle::destroyForcibly);
    }
}
