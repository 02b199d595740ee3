package io.waypass.applier.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.reconcile.KeysetBehind;
import java.time.Duration;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetryBackoffTests {

    /** No jitter at all, and as much as there may be. */
    private static final RandomGenerator LEAST = fixed(0);

    private static final RandomGenerator MOST = fixed(1);

    private static RandomGenerator fixed(int share) {
        return new RandomGenerator() {
            @Override
            public long nextLong() {
                return 0;
            }

            @Override
            public long nextLong(long bound) {
                return share * (bound - 1);
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "0, 500",
        "1, 1000",
        "2, 2000",
        "3, 4000",
        "4, 8000",
        "5, 16000",
        "6, 30000",
        "7, 30000",
        "10, 30000",
        "63, 30000",
        "1000000, 30000"
    })
    void aTaskThatWasRefusedIsTriedAgainAfterHalfASecondAndThenLaterUpToHalfAMinute(int failures, int millis) {
        Throwable cause = new IllegalStateException();

        assertThat(RetryBackoff.delayAfter(cause, failures, MOST)).isEqualTo(Duration.ofMillis(millis));
        assertThat(RetryBackoff.delayAfter(cause, failures, LEAST)).isEqualTo(Duration.ofMillis(millis / 2));
    }

    @ParameterizedTest
    @CsvSource({"0, 500", "1, 1000", "2, 2000", "3, 4000", "4, 5000", "5, 5000", "1000000, 5000"})
    void whereNothingAnswersItIsTriedAgainWithinFiveSeconds(int failures, int millis) {
        assertThat(RetryBackoff.delayAfter(new ApiServerAway("away"), failures, MOST))
                .isEqualTo(Duration.ofMillis(millis));
        assertThat(RetryBackoff.delayAfter(new KeysetBehind("behind"), failures, MOST))
                .isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void nobodyIsCalledBeforeTheTimeThatTheApiServerAskedFor() {
        ApiServerAway away = new ApiServerAway("too many requests", Duration.ofSeconds(17));

        assertThat(RetryBackoff.delayAfter(away, 0, LEAST)).isEqualTo(Duration.ofSeconds(17));
        assertThat(RetryBackoff.delayAfter(new ApiServerAway("away", Duration.ofMillis(1)), 3, MOST))
                .isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void aFailureWithoutACauseIsTriedAgainToo() {
        assertThat(RetryBackoff.delayAfter(null, 0, MOST)).isEqualTo(Duration.ofMillis(500));
    }

    static IntStream failures() {
        return IntStream.range(0, 20);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void theDelayIsNeverLessThanHalfAndNeverMoreThanTheWhole(int failures) {
        Random random = new Random(failures);
        Duration whole = RetryBackoff.REFUSED.delay(failures, MOST);

        assertThat(IntStream.range(0, 200).mapToObj(_ -> RetryBackoff.REFUSED.delay(failures, random)))
                .allSatisfy(delay -> assertThat(delay).isBetween(whole.dividedBy(2), whole));
    }

    @RepeatedTest(3)
    void tasksThatFailedTogetherComeBackApart() {
        Random random = new Random();

        assertThat(IntStream.range(0, 50)
                        .mapToObj(_ -> RetryBackoff.REFUSED.delay(6, random))
                        .distinct()
                        .count())
                .isGreaterThan(40);
    }
}
