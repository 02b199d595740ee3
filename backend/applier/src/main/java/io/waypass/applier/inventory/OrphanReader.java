package io.waypass.applier.inventory;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.cluster.LiveObject;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.OrphanStore;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.RemovalManifest;
import java.util.Optional;

/** Reads objects that are listed for removal, and tells whether they are orphans now. */
public final class OrphanReader {

    private final ClusterObjects cluster;
    private final OrphanStore orphans;

    public OrphanReader(ClusterObjects cluster, OrphanStore orphans) {
        this.cluster = cluster;
        this.orphans = orphans;
    }

    /** {@return what stands for the listed object in a plan and in its digest} @param listed which */
    public static Manifest manifest(OrphanRemovalObject listed) {
        return RemovalManifest.of(
                listed.apiVersion(),
                listed.place().kind(),
                listed.place().namespace(),
                listed.place().name(),
                listed.uid());
    }

    /** {@return the live object; empty if it does not exist, or has another UID} */
    public Optional<LiveObject> live(OrphanRemovalObject listed) {
        return cluster.get(new ObjectKey(
                        listed.apiVersion(),
                        listed.place().kind(),
                        listed.place().namespace(),
                        listed.place().name()))
                .filter(object -> object.uid().equals(listed.uid()));
    }

    /** {@return whether the object is an orphan now} @param object as it was just read */
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

    /** {@return the live object, if it exists and is an orphan} */
    public Optional<LiveObject> orphan(OrphanRemovalObject listed) {
        return live(listed).filter(LiveObject::labelled).filter(object -> isOrphan(listed, object));
    }
}
