package io.waypass.applier.inventory;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanStore;
import java.util.Optional;

/** Reads objects that are listed for removal, and says whether they are orphans at this moment. */
public final class OrphanReader {

    private final ClusterObjects cluster;
    private final OrphanStore orphans;

    /**
     * @param cluster the API server
     * @param orphans says what an orphan is
     */
    public OrphanReader(ClusterObjects cluster, OrphanStore orphans) {
        this.cluster = cluster;
        this.orphans = orphans;
    }

    /** {@return the listed object as it is; empty if it is not there, or has another UID} @param listed which */
    public Optional<LiveObject> live(OrphanRemovalObject listed) {
        return cluster.get(new ObjectKey(
                        listed.apiVersion(),
                        listed.place().kind(),
                        listed.place().namespace(),
                        listed.place().name()))
                .filter(object -> object.uid().equals(listed.uid()));
    }

    /** {@return whether the object belongs to nothing} @param listed which @param object as it was just read */
    public boolean isOrphan(OrphanRemovalObject listed, LiveObject object) {
        return orphans.isOrphan(new LabelledObject(
                listed.apiVersion(),
                listed.place(),
                object.uid(),
                object.resourceVersion(),
                object.identity(),
                object.sharedBy(),
                object.managers()));
    }

    /** {@return the listed object, if it is there and is an orphan} @param listed which */
    public Optional<LiveObject> orphan(OrphanRemovalObject listed) {
        return live(listed).filter(LiveObject::labelled).filter(object -> isOrphan(listed, object));
    }
}
