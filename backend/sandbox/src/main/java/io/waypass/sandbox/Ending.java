package io.waypass.sandbox;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Ends this process with status 0 on request, once, and prints one sentence about it. */
final class Ending {

    /** Maximum delay between the end of a child process by Ctrl-C and the signal's arrival in this process. */
    private static final Duration SIGNAL_DELAY = Duration.ofSeconds(1);

    private static final Duration PARENT_CHECK = Duration.ofMillis(500);

    private final Closing closing;
    private final PrintStream terminal;
    private final Optional<ProcessHandle> build;
    private final AtomicBoolean asked = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);

    /**
     * @param closing everything that was started
     * @param terminal where the sentence is printed
     * @param build the Maven that runs only this sandbox; it is ended too, because its report of the build would follow
     * that sentence
     */
    Ending(Closing closing, PrintStream terminal, Optional<ProcessHandle> build) {
        this.closing = closing;
        this.terminal = terminal;
        this.build = build;
    }

    /** Returns at once; further calls change nothing. */
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

    /** Begins when this process's parent is gone, for example killed: the process then has another parent at once. */
    void whenGone(ProcessHandle parent) {
        Thread.ofPlatform().name("watch-parent").daemon().start(() -> {
            try {
                while (ProcessHandle.current().parent().filter(parent::equals).isPresent()) {
                    Thread.sleep(PARENT_CHECK);
                }
                begin();
            } catch (InterruptedException _) {
                // no other thread interrupts this one
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
