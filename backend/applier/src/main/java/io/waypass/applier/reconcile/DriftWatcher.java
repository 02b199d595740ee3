package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.applier.cluster.ObjectWatch;
import io.waypass.applier.inventory.Inventory;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.ReconcileStore.Known;
import io.waypass.reconcile.ReconcileStore.Noticed;
import io.waypass.resource.ObjectPlace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Watches what Waypass keeps, and has an identity looked at as soon as one of its objects is not as it was seen last. It decides nothing
 * itself: who changed what, and what becomes of it, is found out under the identity's own task. Nobody polls: after the first list an API
 * server hears nothing from here but watches.
 *
 * <p>What comes within a tenth of a second is told in one statement, so that a storm of changes costs the database little, and an
 * applier's own writes are written down before they are held against what was seen.
 */
public final class DriftWatcher implements SmartLifecycle, Inventory.Witness {

    private static final Logger LOG = LoggerFactory.getLogger(DriftWatcher.class);

    /** Watched by our label, metadata alone; the other kinds of ours are watched for plans anyway. */
    private static final List<ObjectKey> KINDS = List.of(
            new ObjectKey("v1", "Secret", "", ""),
            new ObjectKey("security.istio.io/v1", "AuthorizationPolicy", "", ""),
            new ObjectKey("rbac.authorization.k8s.io/v1", "Role", "", ""),
            new ObjectKey("rbac.authorization.k8s.io/v1", "RoleBinding", "", ""));

    private static final Set<String> SHOWN = Set.of("ServiceEntry", "HTTPRoute", "DestinationRule");
    private static final int BATCH = 2_000;
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    /** How often it is seen whether the database wants something whose task was lost; that should never be. */
    private static final Duration SWEEP = Duration.ofMinutes(1);

    private final ClusterObjects cluster;
    private final Inventory inventory;
    private final ReconcileStore work;
    private final OrphanStore orphans;
    private final Duration gather;
    private final Map<String, ObjectWatch> watches = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Map<ObjectKey, Optional<LiveObject>> pending = new LinkedHashMap<>();
    /** Wherever an object of ours was seen since the start. */
    private final Set<ObjectPlace> ours = ConcurrentHashMap.newKeySet();

    private final Set<ObjectPlace> there = new HashSet<>();
    /** What is shared, or says of nobody that it is his: it becomes an orphan when the catalogue changes, without being changed itself. */
    private final Map<ObjectPlace, LabelledObject> nobodys = new HashMap<>();

    private boolean wakened;
    private volatile boolean catalogueChanged;
    private boolean toldOfNobodys = true;
    private volatile boolean compared;
    private volatile boolean running;
    private Thread thread = new Thread();

    /**
     * Makes it; nothing is watched before it is started.
     *
     * @param cluster the API server
     * @param inventory watches the kinds that plans rely on, and shows them here
     * @param work is told
     * @param orphans is told, too, of everything that carries our label
     * @param gather how long changes are gathered before they are told
     */
    public DriftWatcher(
            ClusterObjects cluster, Inventory inventory, ReconcileStore work, OrphanStore orphans, Duration gather) {
        this.cluster = cluster;
        this.inventory = inventory;
        this.work = work;
        this.orphans = orphans;
        this.gather = gather;
        inventory.onObject(this);
    }

    @Override
    public synchronized void start() {
        if (running) {
            return;
        }
        running = true;
        compared = false;
        for (ObjectKey kind : KINDS) {
            watches.put(kind.kind(), cluster.watch(kind, ClusterObjects.OURS, this::seen, this::gone, this::wake));
        }
        thread = Thread.ofPlatform().name("keeping").daemon().start(this::loop);
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
            // at once: the next event may take this one's place before it is told
            ours.add(place(object.key()));
        }
        if (SHOWN.contains(object.kind()) || object.labelled()) {
            add(object.key(), Optional.of(object));
        }
    }

    @Override
    public void gone(ObjectKey object) {
        add(object, Optional.empty());
    }

    private void add(ObjectKey key, Optional<LiveObject> object) {
        lock.lock();
        try {
            pending.put(key, object);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        lock.lock();
        try {
            wakened = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has whatever the database wants looked at, should a task have been lost; called when the database is back. */
    public void databaseIsBack() {
        try {
            work.sweep();
        } catch (RuntimeException e) {
            LOG.warn("Identities whose task may be lost could not be looked for ({})", e.getMessage());
        }
    }

    private void loop() {
        long told = System.nanoTime() - SIGN_OF_LIFE.toNanos();
        long swept = System.nanoTime();
        while (running) {
            try {
                Map<ObjectKey, Optional<LiveObject>> batch = gathered();
                try {
                    tell(batch);
                    compare();
                    if (catalogueChanged) {
                        catalogueChanged = false;
                        toldOfNobodys = false;
                    }
                    if (!toldOfNobodys) {
                        orphans.seen(List.copyOf(nobodys.values()));
                        toldOfNobodys = true;
                    }
                    if (System.nanoTime() - told >= SIGN_OF_LIFE.toNanos()) {
                        work.sighted(unwatched());
                        told = System.nanoTime();
                    }
                    if (System.nanoTime() - swept >= SWEEP.toNanos()) {
                        work.sweep();
                        swept = System.nanoTime();
                    }
                } catch (RuntimeException e) {
                    LOG.warn("What the watches told could not be written down ({}); again in a second", e.getMessage());
                    giveBack(batch);
                    TimeUnit.SECONDS.sleep(1);
                }
            } catch (InterruptedException _) {
                return;
            }
        }
    }

    private Map<ObjectKey, Optional<LiveObject>> gathered() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = SIGN_OF_LIFE.toNanos();
            while (pending.isEmpty() && !wakened && left > 0) {
                left = news.awaitNanos(left);
            }
            wakened = false;
        } finally {
            lock.unlock();
        }
        TimeUnit.NANOSECONDS.sleep(gather.toNanos());
        lock.lockInterruptibly();
        try {
            Map<ObjectKey, Optional<LiveObject>> batch = new LinkedHashMap<>();
            var first = pending.entrySet().iterator();
            while (first.hasNext() && batch.size() < BATCH) {
                var entry = first.next();
                batch.put(entry.getKey(), entry.getValue());
                first.remove();
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** What came meanwhile is newer and stays. */
    private void giveBack(Map<ObjectKey, Optional<LiveObject>> batch) {
        lock.lock();
        try {
            batch.forEach(pending::putIfAbsent);
        } finally {
            lock.unlock();
        }
    }

    private void tell(Map<ObjectKey, Optional<LiveObject>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Noticed> noticed = new ArrayList<>();
        Map<ObjectKey, Optional<LiveObject>> others = new LinkedHashMap<>();
        List<LabelledObject> labelledOnes = new ArrayList<>();
        List<ObjectPlace> unlabelled = new ArrayList<>();
        batch.forEach((key, object) -> {
            ObjectPlace place = place(key);
            boolean labelled = object.filter(LiveObject::labelled).isPresent();
            if (labelled) {
                LabelledObject one = labelled(object.orElseThrow(), place);
                labelledOnes.add(one);
                if (one.identity().isEmpty()) {
                    nobodys.put(place, one);
                }
            } else if (ours.contains(place)) {
                unlabelled.add(place);
                nobodys.remove(place);
            }
            if (labelled && !compared) {
                there.add(place);
            } else {
                there.remove(place);
            }
            // one that has lost our label, or gone, is of interest, one that never had it is not
            if (ours.contains(place)) {
                noticed.add(new Noticed(
                        place,
                        object.map(LiveObject::uid),
                        object.map(LiveObject::resourceVersion),
                        object.flatMap(LiveObject::identity)));
            } else {
                others.put(key, object);
            }
        });
        if (!noticed.isEmpty()) {
            work.noticed(noticed);
        }
        orphans.gone(unlabelled);
        orphans.seen(labelledOnes);
        others.keySet().removeIf(key -> !key.kind().equals("ServiceEntry"));
        if (!others.isEmpty()) {
            Set<String> shared = work.sharedServiceEntries();
            others.forEach((key, entry) -> {
                if (shared.contains(key.namespace() + "/" + key.name())) {
                    work.bound(
                            key.namespace(),
                            key.name(),
                            entry.map(ConditionEvaluator::bound).orElseGet(ConditionEvaluator::unbound));
                }
            });
        }
    }

    private static ObjectPlace place(ObjectKey key) {
        return new ObjectPlace(key.kind(), key.namespace(), key.name());
    }

    private static LabelledObject labelled(LiveObject object, ObjectPlace place) {
        return new LabelledObject(
                object.key().apiVersion(),
                place,
                object.uid(),
                object.resourceVersion(),
                object.identity(),
                object.sharedBy(),
                object.managers());
    }

    /** The catalogue, or who owns what, has changed: what was shared may be nobody's now. */
    public void catalogueChanged() {
        catalogueChanged = true;
        wake();
    }

    /** Once everything was seen: what was there before and is not any more was not told by any watch. */
    private void compare() {
        if (compared || !everythingSeen()) {
            return;
        }
        Set<Long> missing = new HashSet<>();
        long after = 0;
        for (List<Known> page = work.known(after, BATCH); !page.isEmpty(); page = work.known(after, BATCH)) {
            page.stream()
                    .filter(known -> !there.contains(known.place()))
                    .forEach(known -> missing.add(known.identityId()));
            after = page.getLast().identityId();
        }
        work.wanted(missing);
        Stream.concat(SHOWN.stream(), KINDS.stream().map(ObjectKey::kind))
                .forEach(kind -> orphans.retainOnly(
                        kind,
                        ours.stream().filter(place -> place.kind().equals(kind)).toList()));
        compared = true;
        LOG.info(
                "{} objects of ours are watched; identities whose objects went while nobody watched: {}",
                there.size(),
                missing.size());
        // what comes and goes from now on is told by the watches
        there.clear();
    }

    private boolean everythingSeen() {
        lock.lock();
        try {
            return pending.isEmpty()
                    && watches().stream().allMatch(ObjectWatch::synced)
                    && SHOWN.stream()
                            .allMatch(kind -> inventory.unwatched(kind + "/").isEmpty());
        } finally {
            lock.unlock();
        }
    }

    private synchronized List<ObjectWatch> watches() {
        return List.copyOf(watches.values());
    }

    /** {@return what is not watched of what is kept, and why; empty if all is} */
    public Optional<String> unwatched() {
        SortedMap<String, String> reasons = new TreeMap<>();
        SHOWN.forEach(kind -> inventory.unwatched(kind + "/").ifPresent(reason -> reasons.put(kind, reason)));
        synchronized (this) {
            watches.forEach((kind, watch) -> {
                if (!watch.synced()) {
                    reasons.put(kind, watch.trouble().orElse("The applier has not seen any " + kind + " yet."));
                }
            });
        }
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", reasons.values()));
    }
}
