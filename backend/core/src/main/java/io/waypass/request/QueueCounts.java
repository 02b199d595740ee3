package io.waypass.request;

import io.waypass.request.QueueFilter.Attention;
import java.util.Map;

/**
 * Number of requests that wait for a decision.
 *
 * @param all number of all requests
 * @param by number by what needs attention; a request may count several times; empty if more wait than {@link #MOST_CLASSIFIED}
 */
public record QueueCounts(long all, Map<Attention, Long> by) {

    /** Maximum number of waiting requests that are classified for a list's heading. */
    public static final int MOST_CLASSIFIED = 1_000;

    public QueueCounts {
        by = Map.copyOf(by);
    }
}
