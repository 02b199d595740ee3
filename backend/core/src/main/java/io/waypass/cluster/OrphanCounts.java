package io.waypass.cluster;

/**
 * Size of the orphan report.
 *
 * @param orphans objects that belong to nothing; {@link #MOST_COUNTED} means that many or more
 * @param missing objects that identities lack; {@link #MOST_COUNTED} means that many or more
 */
public record OrphanCounts(long orphans, long missing) {

    /** Counting stops here: for a list of this length, the exact number does not matter. */
    public static final long MOST_COUNTED = 1000;
}
