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
 * Records what watches report: identities to reconcile, bindings of shared ServiceEntries, and orphans. One thread records; other threads
 * may call {@link #labelled}.
 */
final class WatchRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(WatchRecorder.class);

    private final ReconcileStore store;
    private final OrphanStore orphans;
    private final int pageSize;

    /** Places of all objects of ours that were seen since the start. */
    private final Set<ObjectPlace> ours = ConcurrentHashMap.newKeySet();

    /** Places of present objects of ours, until they are compared with the database. */
    private final Set<ObjectPlace> there = new HashSet<>();

    /**
     * Objects that are shared, or that name no identity: they become orphans when the catalogue changes, without being changed
     * themselves.
     */
    private final Map<ObjectPlace, LabelledObject> unclaimed = new HashMap<>();

    private volatile boolean compared;
    private boolean unclaimedRecorded = true;

    /** @param pageSize number of objects that are read from the database at once */
    WatchRecorder(ReconcileStore store, OrphanStore orphans, int pageSize) {
        this.store = store;
        this.orphans = orphans;
        this.pageSize = pageSize;
    }

    /** Notes a labelled object at once, because the next event may replace this one before it is recorded. */
    void labelled(ObjectPlace place) {
        ours.add(place);
    }

    /** Compares with the database once more, because everything is listed again. */
    void restart() {
        compared = false;
    }

    boolean isCompared() {
        return compared;
    }

    /** Records a batch: the present state of each object, empty if it is gone. */
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
                // an object that never had our label does not matter, unless it is a shared ServiceEntry
                if (key.kind().equals(ObjectKind.SERVICE_ENTRY.kind())) {
                    entries.put(key, object);
                }
                return;
            }
            if (carrier.isEmpty()) {
                unlabelled.add(place);
            }
            // an object that has lost our label, or is gone, matters, too
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

    /** Compares the first complete lists with the database: no watch reports objects that went before. */
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
        // the watches report later changes
        there.clear();
    }

    /** The catalogue or the ownership of namespaces has changed: shared objects may be orphans now. */
    void catalogueChanged() {
        unclaimedRecorded = false;
    }

    /** Records objects that name no identity again, if the catalogue has changed since. */
    void recordUnclaimed() {
        if (!unclaimedRecorded) {
            orphans.recordSeen(List.copyOf(unclaimed.values()));
            unclaimedRecorded = true;
        }
    }
}
