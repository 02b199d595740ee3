package io.waypass.applier.guardrail;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the ConfigMap of the guard rails as the catalogue says: at the start, when the catalogue changes, and once per interval, in case
 * somebody changed or deleted it. It is read and not watched: the applier's role then needs nothing but this one object.
 */
public final class CatalogueKeeper implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogueKeeper.class);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);

    private final CataloguePublisher catalogue;
    private final Duration interval;
    private final BlockingQueue<Boolean> wakeups = new LinkedBlockingQueue<>(1);
    private volatile boolean running;
    private String told = "";
    private Thread thread = new Thread();

    /** @param interval between checks while the catalogue does not change */
    public CatalogueKeeper(CataloguePublisher catalogue, Duration interval) {
        this.catalogue = catalogue;
        this.interval = interval;
    }

    @Override
    public synchronized void start() {
        if (running || !catalogue.isWanted()) {
            return;
        }
        running = true;
        thread = Thread.ofPlatform().name("catalogue-keeper").daemon().start(this::loop);
    }

    @Override
    public synchronized void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Checks at once. */
    public void catalogueChanged() {
        wakeups.offer(true);
    }

    private void loop() {
        try {
            while (running) {
                Duration wait = check() ? interval : AFTER_FAILURE;
                wakeups.poll(wait.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            // stopping
        }
    }

    private boolean check() {
        try {
            catalogue.publish();
            told = "";
            return true;
        } catch (RuntimeException e) {
            String reason = String.valueOf(e.getMessage());
            if (!reason.equals(told)) {
                LOG.warn(
                        "The catalogue could not be written for the guard rails, and is tried again every {} s: {}",
                        AFTER_FAILURE.toSeconds(),
                        reason);
                told = reason;
            }
            return false;
        }
    }
}
