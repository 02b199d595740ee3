package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.resource.ResourceEvents.Restored;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ContestBackoffTests {

    private static final Instant NOW = Instant.parse("2026-11-28T10:00:00.5Z");

    private final ContestBackoff backoff = ContestBackoff.STANDARD;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void anObjectIsRestoredAtOnceFiveTimes(int times) {
        assertThat(backoff.pause(times)).isZero();
        assertThat(backoff.contest(Optional.of(new Restored(times, NOW)), NOW)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "5, 10",
        "6, 20",
        "7, 40",
        "8, 80",
        "9, 160",
        "10, 320",
        "11, 600",
        "12, 600",
        "15, 600",
        "16, 600",
        "1000000, 600"
    })
    void thenTheWaitDoublesFromTenSecondsToTenMinutes(int times, int seconds) {
        assertThat(backoff.pause(times)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @CsvSource({
        "5, 0, true",
        "5, 9, true",
        "5, 10, false",
        "5, 11, false",
        "6, 19, true",
        "6, 20, false",
        "11, 599, true",
        "11, 600, false"
    })
    void theWaitBeginsWithTheLastTime(int times, int secondsAgo, boolean contested) {
        Restored past = new Restored(times, NOW.minusSeconds(secondsAgo));

        assertThat(backoff.contest(Optional.of(past), NOW).isPresent()).isEqualTo(contested);
    }

    @Test
    void anObjectThatNobodyTouchesIsNotContested() {
        assertThat(backoff.contest(Optional.empty(), NOW)).isEmpty();
    }

    @Test
    void peopleReadHowOftenAndWhenNext() {
        Restored past = new Restored(5, NOW);

        assertThat(backoff.contest(Optional.of(past), NOW).orElseThrow().sentence())
                .isEqualTo(
                        "It was restored 5 times and changed again each time; it is tried again at 2026-11-28T10:00:10Z.");
    }

    @ParameterizedTest
    @CsvSource({"1, false", "2, false", "3, false", "4, true", "5, true"})
    void whoeverIsFasterEachTimeIsNotRacedMoreThanFourTimes(int round, boolean last) {
        assertThat(OptimisticLockRetries.STANDARD.isLast(round)).isEqualTo(last);
    }
}
