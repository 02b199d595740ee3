package io.waypass.certificate;

import java.time.Instant;

/**
 * How long a certificate is still valid.
 *
 * @param days whole days, negative once expired
 */
public record DaysLeft(long days) {

    /** With fewer days than this left, an expiry is announced. */
    public static final int SOON = 30;

    /**
     * Counts them.
     *
     * @param notAfter last instant of validity
     * @param now the present
     * @return the days between
     */
    public static DaysLeft of(Instant notAfter, Instant now) {
        return new DaysLeft(Math.floorDiv(notAfter.getEpochSecond() - now.getEpochSecond(), 86_400L));
    }

    /** {@return whether none is left} */
    public boolean isExpired() {
        return days < 0;
    }

    /** {@return whether it is time to plan a rotation, and not too late} */
    public boolean isSoon() {
        return !isExpired() && days < SOON;
    }
}
