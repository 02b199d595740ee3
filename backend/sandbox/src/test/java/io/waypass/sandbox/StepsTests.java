package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class StepsTests {

    private final List<String> said = new CopyOnWriteArrayList<>();

    @Test
    void aStepSaysWhenItBeginsAndHowLongItTook() {
        Iterator<Instant> times =
                List.of(Instant.EPOCH, Instant.EPOCH.plusMillis(4_230)).iterator();
        Steps steps = new Steps(said::add, times::next);

        CompletableFuture<String> step = steps.begin("Starting PostgreSQL", "PostgreSQL is ready", () -> "started");

        assertThat(Steps.result(step)).isEqualTo("started");
        assertThat(said).containsExactly("Starting PostgreSQL", "PostgreSQL is ready after 4.2 s");
    }

    @Test
    void theFirstFailureIsThrownWhileOtherStepsStillRun() {
        Steps steps = new Steps(said::add, Instant::now);
        CompletableFuture<String> lasts = new CompletableFuture<>();
        CompletableFuture<String> fails = steps.begin("Starting the portal", "The portal is ready", () -> {
            throw new SandboxFailed("The portal ended while starting.");
        });
        CompletableFuture<String> needsIt = fails.thenApply(result -> result);

        assertThatThrownBy(() -> Steps.await(lasts, needsIt))
                .isInstanceOf(SandboxFailed.class)
                .hasMessage("The portal ended while starting.");
        assertThat(said).containsExactly("Starting the portal");
        assertThat(lasts).isNotDone();
    }
}
