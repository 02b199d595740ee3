package io.waypass.cluster;

/**
 * How much there is to report.
 *
 * @param orphans objects that belong to nothing; {@link #MOST_COUNTED} stands for that many or more
 * @param missing objects that identities lack; {@link #MOST_COUNTED} stands for that many or more
 */
public record OrphanCounts(long orphans, long missing) {

    /** Where counting ends: whoever reads a list of so many does not need the number. */
    public static final long MOST_COUNTED = 1000;
}
