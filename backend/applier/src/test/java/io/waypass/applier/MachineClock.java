package io.waypass.applier;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** The clock of the applier's machine, which a test sets. */
final class MachineClock implements InstantSource {

    private volatile Duration off = Duration.ZERO;

    void set(Duration difference) {
        off = difference;
    }

    @Override
    public Instant instant() {
        return Instant.now().plus(off);
    }
}
