package io.waypass.request;

import java.time.Instant;
import java.util.Optional;

/**
 * One try of the applier at planning or applying.
 *
 * @param task {@code plan} or {@code apply}
 * @param number counted per request and task from 1
 * @param startedAt when it began
 * @param finishedAt when it ended; empty while it runs, and for ever if the applier was killed in it
 * @param outcome {@code succeeded}, {@code failed}, {@code waiting} or {@code replanned}; empty while it runs
 * @param message what the API server said, or what it waits for
 */
public record Attempt(
        String task,
        int number,
        Instant startedAt,
        Optional<Instant> finishedAt,
        Optional<String> outcome,
        Optional<String> message) {}
