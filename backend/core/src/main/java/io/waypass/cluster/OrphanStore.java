package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Collection;
import java.util.List;

/** The report of orphans as the applier of one cluster writes it: it tells what it sees. Every method may be called again. */
public interface OrphanStore {

    /**
     * Tells which labelled objects are there. Those that are orphans now are kept for the report, the others are taken out of it. An
     * object becomes an orphan, without being changed, when what it belongs to goes: tell of it again then.
     *
     * @param objects as they were seen, of one kind or several; where a place comes twice, the last counts
     * @return how many of them are orphans
     */
    int seen(List<LabelledObject> objects);

    /**
     * Tells that objects are not there any more, or do not carry the label any more.
     *
     * @param places where they were
     */
    void gone(Collection<ObjectPlace> places);

    /**
     * Tells, after a whole list of a kind, where there are labelled objects of it: what went while nobody watched is forgotten.
     *
     * @param kind such as {@code ServiceEntry}
     * @param places every place of a labelled object of that kind; none if there is none
     */
    void retainOnly(String kind, Collection<ObjectPlace> places);

    /**
     * Whether an object is an orphan at this moment; to be asked about the object as the API server has it, right before it is deleted.
     *
     * @param object as it was just read
     * @return true if it belongs to nothing
     */
    boolean isOrphan(LabelledObject object);
}
