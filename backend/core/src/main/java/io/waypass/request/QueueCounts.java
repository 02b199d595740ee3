package io.waypass.request;

import io.waypass.request.QueueFilter.Attention;
import java.util.Map;

/**
 * How many requests wait for a decision.
 *
 * @param all of them
 * @param by what is about them; one request may count several times
 */
public record QueueCounts(long all, Map<Attention, Long> by) {

    /** Copies the map. */
    public QueueCounts {
        by = Map.copyOf(by);
    }
}
