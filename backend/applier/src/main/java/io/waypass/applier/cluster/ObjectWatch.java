package io.waypass.applier.cluster;

import java.time.Duration;
import java.util.Optional;

/** A watch of all objects of a kind. */
public interface ObjectWatch extends AutoCloseable {

    /** {@return whether all objects were seen, and changes are; a connection that is just being renewed does not count} */
    boolean synced();

    /** {@return why not, in the API server's words} */
    Optional<String> problem();

    /**
     * Waits until all objects were seen, or that was refused.
     *
     * @param atMost how long
     */
    void awaitFirstLook(Duration atMost);

    @Override
    void close();
}
