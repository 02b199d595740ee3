package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Orphans and cleanings as the applier of one cluster works on them: it tells what it sees, and takes up what was approved. Every
 * method may be called again after a crash; a step that was done already changes nothing.
 */
public interface OrphanStore {

    /**
     * An approved cleaning, and what is left of it to be done.
     *
     * @param cleaningId key inside the database
     * @param cleaning {@code cln_…}
     * @param digest of the list, which the approval names
     * @param objects those without an outcome, in order
     */
    record CleaningJob(long cleaningId, String cleaning, String digest, List<Target> objects) {

        /** Copies the list. */
        public CleaningJob {
            objects = List.copyOf(objects);
        }
    }

    /**
     * One object that may be deleted, by its UID, if it is {@linkplain #isOrphan still an orphan}.
     *
     * @param position in the list
     * @param apiVersion such as {@code v1}
     * @param place where it was seen
     * @param uid the API server's; what has another one is another object
     */
    record Target(int position, String apiVersion, ObjectPlace place, String uid) {}

    /**
     * What became of an object.
     *
     * @param target which
     * @param outcome what
     * @param message why, for people; empty if there is nothing to say
     */
    record Cleaned(Target target, CleaningOutcome outcome, Optional<String> message) {}

    /**
     * Tells which labelled objects are there. Those that are orphans now are kept for the report, the others are taken out of it. An
     * object that was nobody's business becomes an orphan when its identity goes, without being changed: tell of it again then, and
     * now and then of all.
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

    /**
     * Takes up a cleaning.
     *
     * @param publicId {@code cln_…}
     * @return the job; empty unless another person than who asked approved exactly this list, and it is not done
     */
    Optional<CleaningJob> cleaningJob(String publicId);

    /**
     * Keeps what became of objects; with the last one the cleaning is done. May be told of some first and of the others later.
     *
     * @param job what was worked on
     * @param outcomes what became of its objects
     */
    void cleaned(CleaningJob job, List<Cleaned> outcomes);

    /**
     * Says that something was refused; the cleaning is tried again, and its other objects keep their outcomes.
     *
     * @param job what was worked on
     * @param message the API server's words
     */
    void failed(CleaningJob job, String message);
}
