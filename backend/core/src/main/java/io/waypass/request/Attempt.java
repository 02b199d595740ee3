package io.waypass.request;

import java.time.Instant;
import java.util.Optional;

/**
 * An applier's attempt at planning or applying a request.
 *
 * @param task {@code plan} or {@code apply}
 * @param number counted per request and task from 1
 * @param finishedAt empty while it runs, and if the applier was killed during it
 * @param outcome {@code succeeded}, {@code failed}, {@code waiting} or {@code replanned}; empty while it runs
 * @param message the API server's words, or what it waits for
 */
public record Attempt(
        String task,
        int number,
        Instant startedAt,
        Optional<Instant> finishedAt,
        Optional<String> outcome,
        Optional<String> message) {}
