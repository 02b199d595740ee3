package io.waypass.applier.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class PaceTests {

    @Test
    void goesDownToHalfWhenThereAreTooManyCallsAndNeverStops() {
        Pace pace = new Pace(80, Duration.ofSeconds(5));

        Awaitility.await()
                .until(
                        () -> {
                            pace.tooFast(Duration.ZERO);
                            return pace.callsASecond();
                        },
                        rate -> rate == 40);
        Awaitility.await()
                .until(
                        () -> {
                            pace.tooFast(Duration.ZERO);
                            return pace.callsASecond();
                        },
                        rate -> rate == 10);
        pace.tooFast(Duration.ZERO);
        assertThat(pace.callsASecond()).isEqualTo(10);
        pace.await();
    }

    @Test
    void callsThatWereUnderWayTogetherAreOneOccasion() {
        Pace pace = new Pace(800, Duration.ofSeconds(5));
        Awaitility.await()
                .until(
                        () -> {
                            pace.tooFast(Duration.ZERO);
                            return pace.callsASecond();
                        },
                        rate -> rate == 400);

        for (int i = 0; i < 20; i++) {
            pace.tooFast(Duration.ZERO);
        }

        assertThat(pace.callsASecond()).isGreaterThanOrEqualTo(200);
    }

    @Test
    void nobodyCallsBeforeTheTimeThatTheApiServerAsksFor() {
        Pace pace = new Pace(1000, Duration.ofSeconds(5));
        long begin = System.nanoTime();
        pace.tooFast(Duration.ofMillis(300));

        pace.await();

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void whoWouldHaveToWaitTooLongIsToldWhenToComeBack() {
        Pace pace = new Pace(1000, Duration.ofMillis(200));
        pace.tooFast(Duration.ofSeconds(20));

        assertThatExceptionOfType(ApiServerAway.class)
                .isThrownBy(pace::await)
                .satisfies(away ->
                        assertThat(away.retryAfter()).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(20)));
    }

    @Test
    void comesBackALittleWithEveryQuietSecond() {
        Pace pace = new Pace(100, Duration.ofSeconds(5));
        Awaitility.await()
                .until(
                        () -> {
                            pace.tooFast(Duration.ZERO);
                            return pace.callsASecond();
                        },
                        rate -> rate == 50);

        Awaitility.await()
                .atMost(Duration.ofSeconds(5))
                .until(
                        () -> {
                            pace.good();
                            return pace.callsASecond();
                        },
                        rate -> rate > 50);

        assertThat(pace.callsASecond()).isEqualTo(60);
    }
}
