package io.waypass.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The steps of a start, in parallel unless one waits for another; each prints its start and its duration. */
final class Steps {

    private final Consumer<String> progress;
    private final InstantSource clock;

    Steps(Consumer<String> progress, InstantSource clock) {
        this.progress = progress;
        this.clock = clock;
    }

    /**
     * Begins a step.
     *
     * @param doing printed at the start, such as “Starting PostgreSQL”
     * @param done printed at the end, such as “PostgreSQL is ready”; the time follows it
     * @param work the step; it may wait for others by {@link #result}
     * @return the step's future result
     */
    <T> CompletableFuture<T> begin(String doing, String done, Supplier<T> work) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofPlatform().name(doing).daemon().start(() -> {
            try {
                future.complete(run(doing, done, work));
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    private <T> T run(String doing, String done, Supplier<T> work) {
        progress.accept(doing);
        Instant begin = clock.instant();
        T result = work.get();
        progress.accept(String.format(Locale.ROOT, "%s after %.1f s", done, seconds(begin)));
        return result;
    }

    private double seconds(Instant begin) {
        return Duration.between(begin, clock.instant()).toMillis() / 1000.0;
    }

    /** Waits for all; throws the exception of the first step that fails, without waiting for the others. */
    static void await(CompletableFuture<?>... steps) {
        CompletableFuture<Object> failure = new CompletableFuture<>();
        Stream.of(steps)
                .forEach(step -> step.whenComplete((_, thrown) -> {
                    if (thrown != null) {
                        failure.completeExceptionally(thrown);
                    }
                }));
        result(CompletableFuture.anyOf(CompletableFuture.allOf(steps), failure));
    }

    /** Waits for one; throws its exception if it fails. */
    static <T> T result(CompletableFuture<T> step) {
        try {
            return step.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
