package io.waypass.certificate;

import java.time.Instant;

/**
 * Remaining validity of a certificate.
 *
 * @param days whole days, negative once expired
 */
public record DaysLeft(long days) {

    /** An expiry is announced when fewer days than this are left. */
    public static final int SOON = 30;

    public static DaysLeft of(Instant notAfter, Instant now) {
        return new DaysLeft(Math.floorDiv(notAfter.getEpochSecond() - now.getEpochSecond(), 86_400L));
    }

    public boolean isExpired() {
        return days < 0;
    }

    /**
     * {@return whether a rotation is due: fewer than {@link #SOON} days are left, and the certificate is not expired}
     */
    public boolean isSoon() {
        return !isExpired() && days < SOON;
    }
}
