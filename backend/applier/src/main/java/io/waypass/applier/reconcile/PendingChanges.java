package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Changes that watches reported and that are not recorded yet; of each object the newest. Thread-safe. */
final class PendingChanges {

    private final int batchSize;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<ObjectKey, Optional<LiveObject>> pending = new LinkedHashMap<>();
    private boolean woken;

    PendingChanges(int batchSize) {
        this.batchSize = batchSize;
    }

    /** Adds the present state of an object; empty if it is gone. */
    void add(ObjectKey key, Optional<LiveObject> object) {
        lock.lock();
        try {
            pending.put(key, object);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns a batch that could not be recorded. Changes that arrived meanwhile are newer and stay. */
    void giveBack(Map<ObjectKey, Optional<LiveObject>> batch) {
        lock.lock();
        try {
            batch.forEach(pending::putIfAbsent);
        } finally {
            lock.unlock();
        }
    }

    /** Ends a wait without a change. */
    void wake() {
        lock.lock();
        try {
            woken = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isEmpty() {
        lock.lock();
        try {
            return pending.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for changes, and gathers those that come together.
     *
     * @param atMost maximum wait for the first change
     * @param gather further wait for more
     * @return a batch, oldest first; empty if nothing changed
     */
    Map<ObjectKey, Optional<LiveObject>> await(Duration atMost, Duration gather) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = atMost.toNanos();
            while (pending.isEmpty() && !woken && left > 0) {
                left = news.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
        TimeUnit.NANOSECONDS.sleep(gather.toNanos());
        return batch();
    }

    private Map<ObjectKey, Optional<LiveObject>> batch() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Map<ObjectKey, Optional<LiveObject>> batch = new LinkedHashMap<>();
            var first = pending.entrySet().iterator();
            while (first.hasNext() && batch.size() < batchSize) {
                var entry = first.next();
                batch.put(entry.getKey(), entry.getValue());
                first.remove();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
