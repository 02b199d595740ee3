package io.waypass.bootstrap;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/**
 * Makes the Maven JVM of {@code mvn -Psandbox} end with status 0 and without its report of a failed build when a user
 * ends the sandbox. It runs inside that JVM before the modules are built. Its class loader is closed before a signal
 * arrives: everything that is needed then has to be in this class, and its lambdas must not need another.
 */
public final class SandboxBuild {

    private static final String SANDBOX = "-Dsandbox.ends-with-parent=true";

    private static final long PATIENCE_MINUTES = 2;

    private final AtomicBoolean ending = new AtomicBoolean();

    private SandboxBuild() {}

    /** Installs the signal handlers. */
    public static void main(String[] args) {
        SandboxBuild build = new SandboxBuild();
        // in the shutdown: once that has begun, Maven's own exit status for a child that was ended no longer counts
        Runtime.getRuntime().addShutdownHook(new Thread(outermost(), build::endChildren, "end-sandbox-build"));
        EndSignals.handle(build::end);
    }

    /** The plugin destroys the group that this runs in, and no thread of a destroyed group starts. */
    private static ThreadGroup outermost() {
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        return group;
    }

    private void end() {
        if (!ending.compareAndSet(false, true)) {
            return;
        }
        if (children().stream().noneMatch(SandboxBuild::isSandbox)) {
            System.out.println();
            System.out.println("The build was ended before the sandbox started; nothing is left running.");
            System.out.flush();
        }
        silence();
        System.exit(0);
    }

    private void endChildren() {
        if (!ending.get()) {
            return;
        }
        List<ProcessHandle> children = children();
        children.forEach(ProcessHandle::destroy);
        try {
            CompletableFuture.allOf(children.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                    .get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /**
     * Maven's logger keeps the stream that it was created with, so the file descriptors themselves are closed; children
     * have their own.
     */
    private static void silence() {
        try {
            new FileOutputStream(FileDescriptor.out).close();
            new FileOutputStream(FileDescriptor.err).close();
        } catch (IOException e) {
            // it still ends, with more output
        }
    }

    private static List<ProcessHandle> children() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.toList();
        }
    }

    /**
     * The sandbox itself reports that it ends. The JDK returns the first 4096 characters of a long command line, and no
     * arguments.
     */
    private static boolean isSandbox(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains(SANDBOX))
                .isPresent();
    }
}
