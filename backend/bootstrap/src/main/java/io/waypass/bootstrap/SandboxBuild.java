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
 * Makes the Maven JVM of {@code mvn -Psandbox} end with status 0 and without its report of a failed build when somebody
 * ends the sandbox. Run inside that JVM before anything is built. Its class loader is closed before a signal comes: what
 * is needed then has to be in this class, and no lambda of it may need another.
 */
public final class SandboxBuild {

    private static final String SANDBOX = "-Dsandbox.ends-with-parent=true";

    private static final long PATIENCE_MINUTES = 2;

    private final AtomicBoolean ending = new AtomicBoolean();

    private SandboxBuild() {}

    /**
     * Handles signals from now on.
     *
     * @param args none
     */
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

    /** Maven's logger keeps the stream that it was made with, so the files themselves are closed; children have their own. */
    private static void silence() {
        try {
            new FileOutputStream(FileDescriptor.out).close();
            new FileOutputStream(FileDescriptor.err).close();
        } catch (IOException e) {
            // it ends all the same, with more words
        }
    }

    private static List<ProcessHandle> children() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.toList();
        }
    }

    /** It says itself that it ends. Of a long command line the JDK tells the first 4096 characters, and no arguments. */
    private static boolean isSandbox(ProcessHandle process) {
        return process.info()
                .commandLine()
                .filter(line -> line.contains(SANDBOX))
                .isPresent();
    }
}
