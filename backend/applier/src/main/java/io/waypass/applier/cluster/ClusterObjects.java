package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads and writes objects of one cluster, as JSON. Writing is server-side apply with one field manager, and always of the object that
 * was read: the resourceVersion goes along, so that the API server itself refuses the write of an applier that was overtaken.
 */
public interface ClusterObjects {

    /** Our name among field managers, and the value of our label. */
    String FIELD_MANAGER = "waypass";

    /** Selects what Waypass keeps. */
    String OURS = "app.kubernetes.io/managed-by=" + FIELD_MANAGER;

    /**
     * Reads an object.
     *
     * @param key where it is
     * @return the object, empty if there is none
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if it may not be read
     */
    Optional<LiveObject> get(ObjectKey key);

    /**
     * Finds out what applying an object would do.
     *
     * @param desired the whole object
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if the API server would say no
     */
    void tryOut(ObjectNode desired);

    /**
     * Applies an object.
     *
     * @param object the whole object as JSON; the caller wipes it
     * @param key where it is
     * @param seen as it was read before; empty if it was not there. It is written only if that is still so
     * @param force whether a field that somebody else owns is reverted to ours
     * @param exactly whether it has to be as it was read, field by field; if not, it is enough that it is the same object
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if the API server says no
     * @throws ObjectChanged if it is not as it was read
     */
    void write(ObjectKey key, byte[] object, Optional<LiveObject> seen, boolean force, boolean exactly);

    /**
     * Removes an object.
     *
     * @param seen as it was read before; it is removed only if that is still so. One that is not there is removed already
     * @param exactly whether it has to be as it was read, field by field; if not, it is enough that it is the same object
     * @throws ApiServerAway if nothing was answered
     * @throws ApiServerRefused if the API server says no
     * @throws ObjectChanged if it is not as it was read
     */
    void remove(LiveObject seen, boolean exactly);

    /**
     * Watches all objects of a kind from now on.
     *
     * @param kind whose apiVersion and kind count; with a namespace, only there
     * @param labels a label selector, empty for all objects; with {@link #OURS} metadata alone is watched
     * @param seen called for each object that is there or changes
     * @param gone called with the place of each object that goes
     * @param watchedAgain called when what could not be watched can be
     * @return the watch, to be closed
     */
    ObjectWatch watch(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone, Runnable watchedAgain);

    /** Whether the API server answers at all. */
    boolean answers();

    /**
     * Where an object's JSON says that it is.
     *
     * @param object with apiVersion, kind, namespace and name
     * @return the key
     */
    static ObjectKey key(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObjectKey(
                object.path("apiVersion").asText(),
                object.path("kind").asText(),
                metadata.path("namespace").asText(),
                metadata.path("name").asText());
    }
}
