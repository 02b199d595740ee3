package io.waypass.sandbox;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes what was started, last first, once. */
final class Closing implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Closing.class);

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private boolean closed;

    /** Registers a started resource; closes it at once if closing has already begun. */
    <T extends AutoCloseable> T add(T started) {
        if (!keep(started)) {
            end(started);
        }
        return started;
    }

    @Override
    public void close() {
        // not locked while a resource is closed: that may wait for a start which registers its resource here
        for (AutoCloseable last = take(); last != null; last = take()) {
            end(last);
        }
    }

    private synchronized boolean keep(AutoCloseable started) {
        if (!closed) {
            open.push(started);
        }
        return !closed;
    }

    private synchronized @Nullable AutoCloseable take() {
        closed = true;
        return open.poll();
    }

    private static void end(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            LOG.warn("{} did not end properly", started.getClass().getSimpleName(), e);
        }
    }
}
