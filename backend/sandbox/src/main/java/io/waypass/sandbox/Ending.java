package io.waypass.sandbox;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends this process with status 0 when it is asked to, once, and says so in one sentence. */
final class Ending {

    /** How long a Ctrl-C may take to arrive here after it has ended a process that was started here. */
    private static final Duration SIGNAL_DELAY = Duration.ofSeconds(1);

    private static final Duration PARENT_CHECK = Duration.ofMillis(500);

    private final Closing closing;
    private final PrintStream terminal;
    private final Optional<ProcessHandle> build;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);

    /**
     * Nothing ends yet.
     *
     * @param closing what was started
     * @param terminal where the sentence goes
     * @param build the Maven that runs this sandbox and nothing after it; it ends too, since its report of the build
     *     would stand below that sentence
     */
    Ending(Closing closing, PrintStream terminal, Optional<ProcessHandle> build) {
        this.closing = closing;
        this.terminal = terminal;
        this.build = build;
    }

    /** Returns at once; asking again changes nothing. */
    void begin() {
        if (asked.compareAndSet(false, true)) {
            begun.countDown();
            terminal.println(
                    "\nEnding the sandbox; its state is kept for the next start (-Dsandbox.fresh=true begins anew).");
            terminal.flush();
            build.ifPresent(ProcessHandle::destroy);
            Thread.ofPlatform().name("end-sandbox").start(() -> {
                closing.close();
                System.exit(0);
            });
        }
    }

    /** Begins when this process's parent is gone, killed perhaps: another one takes its place at once. */
    void whenGone(ProcessHandle parent) {
        Thread.ofPlatform().name("watch-parent").daemon().start(() -> {
            try {
                while (ProcessHandle.current().parent().filter(parent::equals).isPresent()) {
                    Thread.sleep(PARENT_CHECK);
                }
                begin();
            } catch (InterruptedException _) {
                // nobody does
            }
        });
    }

    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    /** Whether a failure is only the first sign of an end: a terminal sends Ctrl-C to every process at once. */
    boolean explainsFailure() {
        try {
            return begun.await(SIGNAL_DELAY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return hasBegun();
        }
    }
}
