package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.cluster.ObjectWatch;
import io.waypass.applier.inventory.Inventory;
import io.waypass.cluster.OrphanStore;
import io.waypass.manifests.ObjectKind;
import io.waypass.manifests.ObjectKind.Watch;
import io.waypass.reconcile.ReconcileStore;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Watches what Waypass keeps, and has a resource re-checked as soon as one of its objects is not as it was seen last. It decides nothing
 * itself: who changed what, and what becomes of it, is found out under the resource's own task. Nobody polls: after the first list an API
 * server hears nothing from here but watches.
 *
 * <p>What comes within a tenth of a second is recorded in one statement, so that a storm of changes costs the database little, and an
 * applier's own writes are written down before they are held against what was seen.
 */
public final class DriftWatcher implements SmartLifecycle, Inventory.ObjectListener {

    private static final Logger LOG = LoggerFactory.getLogger(DriftWatcher.class);

    /** Watched here by our label, metadata alone. */
    private static final List<ObjectKind> BY_LABEL = ObjectKind.watched(Watch.BY_LABEL);

    /** The other kinds of ours are watched for plans anyway, by the inventory. */
    private static final List<ObjectKind> BY_INVENTORY = ObjectKind.writtenFacts();

    private static final int BATCH = 2_000;
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** How often it is checked whether the database wants something whose task was lost; that should never be. */
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final ClusterObjects cluster;
    private final Inventory inventory;
    private final ReconcileStore store;
    private final Duration gather;
    private final PendingChanges pending = new PendingChanges(BATCH);
    private final WatchRecorder recorder;
    private final Map<ObjectKind, ObjectWatch> watches = new LinkedHashMap<>();
    private volatile boolean catalogueChanged;
    private volatile boolean running;
    private Thread thread = new Thread();

    /** @param gather how long changes are gathered before they are told */
    public DriftWatcher(
            ClusterObjects cluster, Inventory inventory, ReconcileStore store, OrphanStore orphans, Duration gather) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.store = store;
        this.gather = gather;
        this.recorder = new WatchRecorder(store, orphans, BATCH);
        inventory.onObject(this);
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        recorder.restart();
        for (ObjectKind kind : BY_LABEL) {
            watches.put(
                    kind,
                    cluster.watch(ObjectKey.all(kind), ClusterObjects.OURS, this::seen, this::gone, pending::wake));
        }
        thread = Thread.ofPlatform().name("drift-watcher").daemon().start(this::loop);
    }

    @Override
    public synchronized void stop() {
        running = false;
        thread.interrupt();
        watches.values().forEach(ObjectWatch::close);
        watches.clear();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        // before the tasks begin, and before the inventory shows its first object
        return DEFAULT_PHASE - 3;
    }

    @Override
    public void seen(LiveObject object) {
        if (object.labelled()) {
            recorder.labelled(object.key().place());
        }
        if (object.labelled()
                || ObjectKind.find(object.kind()).filter(BY_INVENTORY::contains).isPresent()) {
            pending.add(object.key(), Optional.of(object));
        }
    }

    @Override
    public void gone(ObjectKey object) {
        pending.add(object, Optional.empty());
    }

    /** Has whatever the database wants re-checked, should a task have been lost; called when the database is back. */
    public void databaseIsBack() {
        try {
            store.sweep();
        } catch (RuntimeException e) {
            LOG.warn("Identities whose task may be lost could not be listed ({})", e.getMessage());
        }
    }

    /** The catalogue, or who owns what, has changed: what was shared may be an orphan now. */
    public void catalogueChanged() {
        catalogueChanged = true;
        pending.wake();
    }

    private void loop() {
        long beaten = System.nanoTime() - HEARTBEAT.toNanos();
        long swept = System.nanoTime();
        while (running) {
            try {
                Map<ObjectKey, Optional<LiveObject>> batch = pending.await(HEARTBEAT, gather);
                try {
                    record(batch);
                    if (System.nanoTime() - beaten >= HEARTBEAT.toNanos()) {
                        store.recordWatch(unwatched());
                        beaten = System.nanoTime();
                    }
                    if (System.nanoTime() - swept >= SWEEP.toNanos()) {
                        store.sweep();
                        swept = System.nanoTime();
                    }
                } catch (RuntimeException e) {
                    LOG.warn("What the watches told could not be written down ({}); again in a second", e.getMessage());
                    pending.giveBack(batch);
                    TimeUnit.SECONDS.sleep(1);
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private void record(Map<ObjectKey, Optional<LiveObject>> batch) {
        recorder.record(batch);
        if (!recorder.isCompared() && everythingSeen()) {
            recorder.compare(
                    Stream.concat(BY_INVENTORY.stream(), BY_LABEL.stream()).toList());
        }
        if (catalogueChanged) {
            catalogueChanged = false;
            recorder.catalogueChanged();
        }
        recorder.recordUnclaimed();
    }

    private boolean everythingSeen() {
        // in this order: a watch that is synced has told all of its first list
        return watches().stream().allMatch(ObjectWatch::synced)
                && BY_INVENTORY.stream().allMatch(kind -> unwatched(kind).isEmpty())
                && pending.isEmpty();
    }

    private Optional<String> unwatched(ObjectKind kind) {
        return inventory.unwatched(kind.kind() + "/");
    }

    private synchronized List<ObjectWatch> watches() {
        return List.copyOf(watches.values());
    }

    /** {@return what is not watched of what is kept, and why; empty if all is} */
    public Optional<String> unwatched() {
        SortedMap<String, String> reasons = new TreeMap<>();
        BY_INVENTORY.forEach(kind -> unwatched(kind).ifPresent(reason -> reasons.put(kind.kind(), reason)));
        synchronized (this) {
            watches.forEach((kind, watch) -> {
                if (!watch.synced()) {
                    reasons.put(
                            kind.kind(),
                            watch.problem().orElse("The applier has not seen any " + kind.kind() + " yet."));
                }
            });
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", reasons.values()));
    }
}
