package io.waypass.applier.reconcile;

import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.resource.ObjectPlace;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Remembers what it was told, and takes for an orphan what nothing claims. */
public final class FakeOrphanStore implements OrphanStore {

    final List<LabelledObject> recorded = new ArrayList<>();
    final List<ObjectPlace> gone = new ArrayList<>();
    final Map<String, List<ObjectPlace>> retained = new HashMap<>();
    public final Set<ObjectPlace> claimed = new HashSet<>();
    int calls;

    @Override
    public int recordSeen(List<LabelledObject> objects) {
        calls++;
        recorded.addAll(objects);
        return 0;
    }

    @Override
    public void recordGone(Collection<ObjectPlace> places) {
        calls++;
        gone.addAll(places);
    }

    @Override
    public void retainOnly(String kind, Collection<ObjectPlace> places) {
        retained.put(kind, List.copyOf(places));
    }

    @Override
    public boolean isOrphan(LabelledObject object) {
        return !claimed.contains(object.place());
    }
}
