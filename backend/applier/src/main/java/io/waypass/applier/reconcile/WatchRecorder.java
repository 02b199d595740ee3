package io.waypass.applier.reconcile;

import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.manifests.ObjectKind;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.reconcile.ReconcileStore.ChangedObject;
import io.waypass.reconcile.ReconcileStore.ObservedPlace;
import io.waypass.resource.ObjectPlace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what watches told: which resources have to be re-checked, which shared ServiceEntries are bound, which labelled objects are
 * orphans. One thread records; {@link #labelled} may be called by others.
 */
final class WatchRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(WatchRecorder.class);

    private final ReconcileStore store;
    private final OrphanStore orphans;
    private final int pageSize;

    /** Wherever an object of ours was seen since the start. */
    private final Set<ObjectPlace> ours = ConcurrentHashMap.newKeySet();

    /** Where objects of ours are, until the database's knowledge was compared with it. */
    private final Set<ObjectPlace> there = new HashSet<>();

    /**
     * What is shared, or names no identity that it belongs to: it becomes an orphan when the catalogue changes, without being changed
     * itself.
     */
    private final Map<ObjectPlace, LabelledObject> unclaimed = new HashMap<>();

    private volatile boolean compared;
    private boolean unclaimedRecorded = true;

    /**
     * Begins with nothing seen.
     *
     * @param pageSize how many objects are read from the database at once
     */
    WatchRecorder(ReconcileStore store, OrphanStore orphans, int pageSize) {
        this.store = store;
        this.orphans = orphans;
        this.pageSize = pageSize;
    }

    /** A labelled object was seen. Told at once: the next event may take this one's place before it is recorded. */
    void labelled(ObjectPlace place) {
        ours.add(place);
    }

    /** Everything is listed anew: what the database knows has to be compared once more. */
    void restart() {
        compared = false;
    }

    boolean isCompared() {
        return compared;
    }

    /** Records a batch: of each object what it is now, empty if it is gone. */
    void record(Map<ObjectKey, Optional<LiveObject>> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<ChangedObject> changed = new ArrayList<>();
        List<LabelledObject> labelled = new ArrayList<>();
        List<ObjectPlace> unlabelled = new ArrayList<>();
        Map<ObjectKey, Optional<LiveObject>> entries = new LinkedHashMap<>();
        batch.forEach((key, object) -> {
            ObjectPlace place = key.place();
            Optional<LabelledObject> carrier =
                    object.filter(LiveObject::labelled).map(live -> labelled(live, place));
            track(place, carrier);
            carrier.ifPresent(labelled::add);
            if (!ours.contains(place)) {
                // one that never had our label is of no interest, unless it is a shared ServiceEntry
                if (key.kind().equals(ObjectKind.SERVICE_ENTRY.kind())) {
                    entries.put(key, object);
                }
                return;
            }
            if (carrier.isEmpty()) {
                unlabelled.add(place);
            }
            // one that has lost our label, or gone, is of interest, too
            changed.add(new ChangedObject(
                    place,
                    object.map(LiveObject::uid),
                    object.map(LiveObject::resourceVersion),
                    object.flatMap(LiveObject::identity)));
        });
        if (!changed.isEmpty()) {
            store.enqueueChanged(changed);
        }
        orphans.recordGone(unlabelled);
        orphans.recordSeen(labelled);
        recordBinding(entries);
    }

    private void track(ObjectPlace place, Optional<LabelledObject> carrier) {
        if (carrier.isPresent() && !compared) {
            there.add(place);
        } else {
            there.remove(place);
        }
        carrier.filter(object -> object.identity().isEmpty())
                .ifPresentOrElse(object -> unclaimed.put(place, object), () -> unclaimed.remove(place));
    }

    private void recordBinding(Map<ObjectKey, Optional<LiveObject>> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Set<String> shared = store.sharedServiceEntries();
        entries.forEach((key, entry) -> {
            if (shared.contains(key.namespace() + "/" + key.name())) {
                store.recordBinding(key.namespace(), key.name(), WaypointBinding.of(entry));
            }
        });
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

    /** Once everything was seen: what was there before and is not any more was not told by any watch. */
    void compare(Collection<ObjectKind> kinds) {
        Set<Long> missing = new HashSet<>();
        long after = 0;
        for (List<ObservedPlace> page = store.listObserved(after, pageSize);
                !page.isEmpty();
                page = store.listObserved(after, pageSize)) {
            page.stream()
                    .filter(observed -> !there.contains(observed.place()))
                    .forEach(observed -> missing.add(observed.resourceId()));
            after = page.getLast().resourceId();
        }
        store.enqueue(missing);
        for (ObjectKind kind : kinds) {
            orphans.retainOnly(
                    kind.kind(),
                    ours.stream()
                            .filter(place -> place.kind().equals(kind.kind()))
                            .toList());
        }
        compared = true;
        LOG.info(
                "{} objects of ours are watched; identities whose objects went while nobody watched: {}",
                there.size(),
                missing.size());
        // what comes and goes from now on is told by the watches
        there.clear();
    }

    /** The catalogue, or who owns what, has changed: what was shared may be an orphan now. */
    void catalogueChanged() {
        unclaimedRecorded = false;
    }

    /** Records once more what names no identity, if the catalogue has changed since. */
    void recordUnclaimed() {
        if (!unclaimedRecorded) {
            orphans.recordSeen(List.copyOf(unclaimed.values()));
            unclaimedRecorded = true;
        }
    }
}
