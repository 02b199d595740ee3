package io.waypass.request;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the applier found by rendering a request and dry-running it. Never changed; a new one is made instead.
 *
 * @param publicId {@code pln_…}
 * @param digest {@code sha256:…} over the canonical JSON of all objects; the decision is bound to it
 * @param checks what was looked at
 * @param objects in the order of apply
 * @param createdAt when
 * @param took how long planning took
 */
public record Plan(
        String publicId,
        String digest,
        List<PlanCheck> checks,
        List<PlanObject> objects,
        Instant createdAt,
        Duration took) {

    /** Copies the lists. */
    public Plan {
        checks = List.copyOf(checks);
        objects = List.copyOf(objects);
    }
}
