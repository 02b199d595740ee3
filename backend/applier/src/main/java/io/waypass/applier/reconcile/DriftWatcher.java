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
 * Watches Waypass's objects, and enqueues a resource as soon as one of its objects differs from what was observed last. It decides
 * nothing itself; the run of its own task finds out who changed what, and what to do. Nothing polls: after the first list the
 * API server gets only watches from here.
 *
 * <p>Changes are gathered for a tenth of a second and recorded in one statement, so that a storm of changes costs the database little,
 * and an applier's own writes are recorded before they are compared.
 */
public final class DriftWatcher implements SmartLifecycle, Inventory.ObjectListener {

    private static final Logger LOG = LoggerFactory.getLogger(DriftWatcher.class);

    /** Kinds that are watched here, by our label, metadata only. */
    private static final List<ObjectKind> BY_LABEL = ObjectKind.watched(Watch.BY_LABEL);

    /** The other kinds are watched by the inventory, which plans need anyway. */
    private static final List<ObjectKind> BY_INVENTORY = ObjectKind.writtenFacts();

    private static final int BATCH = 2_000;
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    /** Interval of the search for resources whose task was lost, which should never happen. */
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

    /** @param gather how long changes are gathered before they are recorded */
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
        // before tasks begin, and before the inventory reports its first object
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

    /** Enqueues resources whose task may be lost; called when the database is back. */
    public void databaseIsBack() {
        try {
            store.sweep();
        } catch (RuntimeException e) {
            LOG.warn("Identities whose task may be lost could not be listed ({})", e.getMessage());
        }
    }

    /** The catalogue or the ownership of namespaces has changed: shared objects may be orphans now. */
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
        // in this order: a synced watch has reported its whole first list
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

    /** {@return what is not watched, and why; empty if everything is} */
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
