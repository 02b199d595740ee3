package io.waypass.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what was started, last first, once. */
final class Closing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** Takes over something that was started; ended at once if everything else has ended already. */
    synchronized <T extends AutoCloseable> T add(T started) {
        if (closed) {
            end(started);
        } else {
            open.push(started);
        }
        return started;
    }

    @Override
    public synchronized void close() {
        closed = true;
        while (!open.isEmpty()) {
            end(open.pop());
        }
    }

    private static void end(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            LOG.warn("{} did not end properly", started.getClass().getSimpleName(), e);
        }
    }
}
