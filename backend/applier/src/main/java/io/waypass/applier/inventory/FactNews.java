package io.waypass.applier.inventory;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Facts that have changed, and resources to look at again, until somebody takes them. */
public final class FactNews {

    /**
     * What came since the last time.
     *
     * @param facts names of those that changed
     * @param resources public ids
     * @param everything whether anything may have changed
     */
    public record News(Set<String> facts, Set<String> resources, boolean everything) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Set<String> facts = new HashSet<>();
    private final Set<String> resources = new HashSet<>();
    private boolean everything;

    /** Hears of all changes that the watches report from now on. */
    public void follow(Inventory inventory) {
        inventory.onChange(this::changed);
        inventory.onWatchedAgain(this::everything);
    }

    public void changed(Set<String> names) {
        tell(() -> facts.addAll(names));
    }

    /** A resource has to be looked at, whatever its facts. */
    public void resource(String publicId) {
        tell(() -> resources.add(publicId));
    }

    public void everything() {
        tell(() -> everything = true);
    }

    private void tell(Runnable news) {
        lock.lock();
        try {
            news.run();
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there are news. */
    public void await() throws InterruptedException {
        await(Duration.ofNanos(Long.MAX_VALUE));
    }

    /** Waits until there are news, or the time is over. */
    public void await(Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = limit.toNanos();
            while (facts.isEmpty() && resources.isEmpty() && !everything && left > 0) {
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** {@return what there is, perhaps nothing; it is handed out once} */
    public News take() {
        lock.lock();
        try {
            News taken = new News(Set.copyOf(facts), Set.copyOf(resources), everything);
            facts.clear();
            resources.clear();
            everything = false;
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
