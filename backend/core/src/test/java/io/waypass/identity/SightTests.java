package io.waypass.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SightTests {

    private static final Instant EARLIER = Instant.parse("2026-11-23T09:00:00Z");
    private static final Instant LATER = Instant.parse("2026-11-23T09:30:00Z");

    @Test
    void whatDidNotChangeIsSeenAsLongAsItsClusterIsWatched() {
        Sight sight = new Sight(LATER, Optional.empty(), true);

        assertThat(sight.lastSeen(EARLIER)).isEqualTo(LATER);
        assertThat(new Sight(EARLIER, Optional.empty(), true).lastSeen(LATER)).isEqualTo(LATER);
    }

    @Test
    void whoDoesNotSeeEverythingVouchesForNothing() {
        Sight sight = new Sight(LATER, Optional.of("It may not watch Secrets."), true);

        assertThat(sight.lastSeen(EARLIER)).isEqualTo(EARLIER);
        assertThat(sight.clear()).isFalse();
    }

    @Test
    void whoIsNotHeardOfAnyMoreWatchesNothing() {
        assertThat(new Sight(LATER, Optional.empty(), false).clear()).isFalse();
        assertThat(new Sight(LATER, Optional.empty(), true).clear()).isTrue();
    }
}
