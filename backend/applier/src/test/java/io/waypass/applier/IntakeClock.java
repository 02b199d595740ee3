package io.waypass.applier;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The time at which certificates are given in: the machine's, until a test stops it. */
final class IntakeClock extends Clock {

    private volatile @Nullable Instant fixed;

    @Override
    public Instant instant() {
        Instant present = fixed;
        return present == null ? Instant.now() : present;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("instants alone");
    }

    void stopAt(Instant instant) {
        fixed = instant;
    }

    void resume() {
        fixed = null;
    }
}
