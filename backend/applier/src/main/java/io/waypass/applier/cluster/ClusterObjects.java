package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Reads and writes objects of one cluster, as JSON. Writes are server-side applies with one field manager, and always
 * to the object that was read: they carry its resourceVersion or UID, so the API server itself refuses the write of an
 * applier that was overtaken.
 */
public interface ClusterObjects {

    /** Name of Waypass as a field manager, and value of its label. */
    String FIELD_MANAGER = "waypass";

    /** Label selector of the objects that Waypass manages. */
    String OURS = "app.kubernetes.io/managed-by=" + FIELD_MANAGER;

    /**
     * Reads an object.
     *
     * @return the object, empty if there is none
     * @throws ApiServerAway if there was no answer
     * @throws ApiServerRefused if reading is not permitted
     */
    Optional<LiveObject> get(ObjectKey key);

    /**
     * Applies an object in a dry run.
     *
     * @param desired the whole object
     * @throws ApiServerAway if there was no answer
     * @throws ApiServerRefused if the API server would refuse it
     */
    void tryOut(ObjectNode desired);

    /**
     * Applies an object.
     *
     * @param object the whole object as JSON; the caller wipes it
     * @param seen the object that was read before, empty if it did not exist; the write fails if this changed
     * @param force whether to take over fields that other managers own
     * @param exactly whether the resourceVersion must be unchanged; otherwise only the UID must be
     * @throws ApiServerAway if there was no answer
     * @throws ApiServerRefused if the API server refuses it
     * @throws ObjectChanged if the object is not the one that was read
     */
    void write(ObjectKey key, byte[] object, Optional<LiveObject> seen, boolean force, boolean exactly);

    /**
     * Removes an object. Succeeds if it no longer exists.
     *
     * @param seen the object that was read before; the removal fails if this changed
     * @param exactly whether the resourceVersion must be unchanged; otherwise only the UID must be
     * @throws ApiServerAway if there was no answer
     * @throws ApiServerRefused if the API server refuses it
     * @throws ObjectChanged if the object is not the one that was read
     */
    void remove(LiveObject seen, boolean exactly);

    /**
     * Starts to watch all objects of a kind.
     *
     * @param kind its apiVersion and kind are used; its namespace and its name, if set, limit the watch
     * @param labels a label selector, empty for all objects; with {@link #OURS} only metadata is watched
     * @param seen called for each object that exists or changes
     * @param gone called with the key of each object that is deleted
     * @param watchedAgain called when the watch works again after a failure
     * @return the watch; the caller closes it
     */
    ObjectWatch watch(
            ObjectKey kind, String labels, Consumer<LiveObject> seen, Consumer<ObjectKey> gone, Runnable watchedAgain);

    /** Whether the API server answers. */
    boolean answers();

    /** {@return the key of an object} @param object with apiVersion, kind, namespace and name */
    static ObjectKey key(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        return new ObjectKey(
                object.path("apiVersion").asText(),
                object.path("kind").asText(),
                metadata.path("namespace").asText(),
                metadata.path("name").asText());
    }
}
