package io.waypass.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchHealthTests {

    private static final Instant EARLIER = Instant.parse("2026-11-23T09:00:00Z");
    private static final Instant LATER = Instant.parse("2026-11-23T09:30:00Z");

    @Test
    void whatDidNotChangeIsSeenAsLongAsItsClusterIsWatched() {
        WatchHealth health = new WatchHealth(LATER, Optional.empty(), true);

        assertThat(health.lastSeen(EARLIER)).isEqualTo(LATER);
        assertThat(new WatchHealth(EARLIER, Optional.empty(), true).lastSeen(LATER))
                .isEqualTo(LATER);
    }

    @Test
    void whoDoesNotSeeEverythingVouchesForNothing() {
        WatchHealth health = new WatchHealth(LATER, Optional.of("It may not watch Secrets."), true);

        assertThat(health.lastSeen(EARLIER)).isEqualTo(EARLIER);
        assertThat(health.clear()).isFalse();
    }

    @Test
    void whoIsNotHeardOfAnyMoreWatchesNothing() {
        assertThat(new WatchHealth(LATER, Optional.empty(), false).clear()).isFalse();
        assertThat(new WatchHealth(LATER, Optional.empty(), true).clear()).isTrue();
    }
}
