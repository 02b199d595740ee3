package io.waypass.applier.cluster;

import java.time.Duration;
import java.util.Optional;

/** A watch of all objects of a kind. */
public interface ObjectWatch extends AutoCloseable {

    /** {@return whether all objects were reported and changes are; stays true while a connection is renewed} */
    boolean synced();

    /** {@return why it is not synced, in the API server's words} */
    Optional<String> problem();

    /**
     * Waits until all objects were reported, or the watch was refused.
     *
     * @param atMost maximum wait
     */
    void awaitFirstLook(Duration atMost);

    @Override
    void close();
}
