package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On a clock that moves only when a test or a pause moves it. */
class PaceTests {

    private static final Duration OCCASION = Duration.ofMillis(100);
    private static final Duration QUIET = Duration.ofSeconds(1);

    private final List<Duration> pauses = new ArrayList<>();
    private long now = 5_000_000_000L;

    @Test
    void goesDownToHalfWhenThereAreTooManyCallsAndNeverStops() {
        Pace pace = pace(80, Duration.ofSeconds(5));
        List<Integer> rates = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            passes(OCCASION);
            pace.tooFast(Duration.ZERO);
            rates.add(pace.callsASecond());
        }

        assertThat(rates).containsExactly(40, 20, 10, 10);
        pace.await();
    }

    @Test
    void callsThatWereUnderWayTogetherAreOneOccasion() {
        Pace pace = pace(800, Duration.ofSeconds(5));
        passes(OCCASION);
        for (int i = 0; i < 20; i++) {
            pace.tooFast(Duration.ZERO);
        }

        assertThat(pace.callsASecond()).isEqualTo(400);
    }

    @Test
    void nobodyCallsBeforeTheTimeThatTheApiServerAsksFor() {
        Pace pace = pace(1000, Duration.ofSeconds(5));
        pace.tooFast(Duration.ofMillis(300));

        pace.await();

        assertThat(pauses).containsExactly(Duration.ofMillis(300));
    }

    @Test
    void whoWouldHaveToWaitTooLongIsToldWhenToComeBack() {
        Pace pace = pace(1000, Duration.ofMillis(200));
        pace.tooFast(Duration.ofSeconds(20));

        assertThatExceptionOfType(ApiServerAway.class)
                .isThrownBy(pace::await)
                .satisfies(away -> assertThat(away.retryAfter()).isEqualTo(Duration.ofSeconds(20)));
        assertThat(pauses).isEmpty();
    }

    @Test
    void noPauseIsLongerThanHalfAMinuteWhateverTheApiServerAsksFor() {
        Pace pace = pace(1000, Duration.ofMinutes(5));
        pace.tooFast(Duration.ofHours(1));

        pace.await();

        assertThat(pauses).containsExactly(Duration.ofSeconds(30));
    }

    @Test
    void comesBackALittleWithEveryQuietSecond() {
        Pace pace = pace(100, Duration.ofSeconds(5));
        passes(OCCASION);
        pace.tooFast(Duration.ZERO);
        List<Integer> rates = new ArrayList<>();
        rates.add(pace.callsASecond());
        for (int i = 0; i < 6; i++) {
            passes(QUIET);
            pace.good();
            pace.good();
            rates.add(pace.callsASecond());
        }

        assertThat(rates).containsExactly(50, 60, 70, 80, 90, 100, 100);
    }

    private Pace pace(int callsASecond, Duration patience) {
        return new Pace(callsASecond, patience, () -> now, nanos -> {
            pauses.add(Duration.ofNanos(nanos));
            now += nanos;
        });
    }

    private void passes(Duration time) {
        now += time.toNanos();
    }
}
