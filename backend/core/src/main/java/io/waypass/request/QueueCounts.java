package io.waypass.request;

import io.waypass.request.QueueFilter.Attention;
import java.util.Map;

/**
 * How many requests wait for a decision.
 *
 * @param all of them
 * @param by what is about them, one request perhaps several times; empty if more wait than are looked at one by one
 */
public record QueueCounts(long all, Map<Attention, Long> by) {

    /** The most requests that are looked at one by one for a list's heading. */
    public static final int MOST_LOOKED_AT = 1_000;

    /** Copies the map. */
    public QueueCounts {
        by = Map.copyOf(by);
    }
}
