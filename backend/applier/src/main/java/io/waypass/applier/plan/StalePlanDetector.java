package io.waypass.applier.plan;

import io.waypass.applier.inventory.FactNews;
import io.waypass.applier.inventory.FactNews.News;
import io.waypass.applier.inventory.Inventory;
import io.waypass.reconcile.PlanningStore;
import io.waypass.reconcile.PlanningStore.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Returns waiting requests to planning once something that their plan relied on has changed. Changes that come together are checked
 * together.
 */
public final class StalePlanDetector implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(StalePlanDetector.class);
    private static final Duration SETTLE = Duration.ofMillis(400);
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** A wait that tests replace. */
    interface Pause {
        void of(Duration time) throws InterruptedException;
    }

    private final Inventory inventory;
    private final PlanningStore store;
    private final Duration gather;
    private final Pause pause;
    private final FactNews news = new FactNews();
    private volatile boolean running;
    private Thread thread = new Thread();

    /** @param gather how long changes are gathered before plans are checked */
    public StalePlanDetector(Inventory inventory, PlanningStore store, Duration gather) {
        this(inventory, store, gather, time -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    }

    StalePlanDetector(Inventory inventory, PlanningStore store, Duration gather, Pause pause) {
        this.inventory = inventory;
        this.store = store;
        this.gather = gather;
        this.pause = pause;
        news.follow(inventory);
    }

    @Override
    public void start() {
        running = true;
        everything();
        thread = Thread.ofPlatform().name("stale-plans").daemon().start(this::loop);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Re-checks every waiting request, because the database has changed, or after a start. */
    public void everything() {
        news.everything();
    }

    /**
     * Re-checks a plan that was just recorded: changes during planning were reported before there was a plan to compare with.
     *
     * @param request {@code req_…}
     */
    public void recheck(String request) {
        try {
            recheck(store.findWaiting(request).stream()
                    .filter(waiting ->
                            PlanStaleness.newCause(waiting, inventory::changes).isPresent())
                    .toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            everything();
        }
    }

    private void loop() {
        try {
            inventory.awaitFirstLook(Duration.ofMinutes(1));
            while (running) {
                round();
            }
        } catch (InterruptedException | IllegalStateException e) {
            if (running) {
                LOG.error("Stale plans are not detected any more", e);
            }
        }
    }

    /** Waits for a change, and re-checks the plans that it concerns. */
    void round() throws InterruptedException {
        Optional<Set<String>> facts = gathered();
        try {
            recheck(store.findWaiting(facts));
        } catch (RuntimeException e) {
            LOG.warn("Waiting plans could not be re-checked ({}); again in a second", e.getMessage());
            pause.of(RETRY);
            facts.ifPresentOrElse(news::changed, news::everything);
        }
    }

    /** Empty if anything may have changed. */
    private Optional<Set<String>> gathered() throws InterruptedException {
        news.await();
        pause.of(gather);
        News heard = news.take();
        return heard.everything() ? Optional.empty() : Optional.of(heard.facts());
    }

    /** A plan reads single objects itself, and may be ahead of the watch; differences are re-checked a moment later. */
    private void recheck(List<Waiting> requests) throws InterruptedException {
        List<Waiting> suspects =
                requests.stream().filter(request -> cause(request).isPresent()).toList();
        if (suspects.isEmpty()) {
            return;
        }
        pause.of(SETTLE);
        for (Waiting suspect : suspects) {
            cause(suspect).ifPresent(cause -> {
                if (store.replan(suspect, cause)) {
                    LOG.info("{}: is planned again: {}", suspect.request(), cause);
                }
            });
        }
    }

    private Optional<String> cause(Waiting waiting) {
        return PlanStaleness.cause(waiting, inventory::changes);
    }
}
