package io.waypass.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What applying a request would do, as the applier found it.
 *
 * @param publicId {@code pln_…}
 * @param digest {@code sha256:…} over all objects; a decision is bound to it
 * @param checks what was looked at
 * @param objects in the order of apply
 * @param createdAt when
 * @param took how long planning took
 * @param cause why it took the place of an earlier plan; empty for the first
 * @param number counted per request from 1
 */
public record Plan(
        String publicId,
        String digest,
        List<PlanCheck> checks,
        List<PlanObject> objects,
        Instant createdAt,
        Duration took,
        Optional<String> cause,
        int number) {

    /** Copies the lists. */
    public Plan {
        checks = List.copyOf(checks);
        objects = List.copyOf(objects);
    }
}
