package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Collection;
import java.util.List;

/**
 * Where the applier of one cluster records the labelled objects that it observes, for the report of orphans. Every
 * method is idempotent.
 */
public interface OrphanStore {

    /**
     * Records labelled objects that exist. Orphans are stored for the report; others are removed from it. An object
     * becomes an orphan, without being changed, when its owner goes: record it again then.
     *
     * @param objects as observed, of one kind or several; for a duplicate place, the last one counts
     * @return number of orphans among them
     */
    int recordSeen(List<LabelledObject> objects);

    /** Records that objects no longer exist, or no longer have the label. */
    void recordGone(Collection<ObjectPlace> places);

    /**
     * Records, after a complete list of a kind, all places of its labelled objects. Other stored objects of the kind,
     * which went while it was not watched, are removed.
     *
     * @param kind such as {@code ServiceEntry}
     * @param places every place of a labelled object of that kind; may be empty
     */
    void retainOnly(String kind, Collection<ObjectPlace> places);

    /**
     * Whether an object is an orphan now. The applier asks with the object as the API server returns it, right before
     * it deletes it.
     */
    boolean isOrphan(LabelledObject object);
}
