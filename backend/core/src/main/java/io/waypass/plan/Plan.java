package io.waypass.plan;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The changes that applying a request would make, as the applier found by a dry run.
 *
 * @param publicId {@code pln_…}
 * @param digest {@code sha256:…} over all objects; a decision is bound to it
 * @param objects in the order of apply
 * @param took duration of planning
 * @param cause why it replaced an earlier plan; empty for the first
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

    /** The cause, for people, where what the database says is not what the plan was made from. */
    public static final String BASIS_CHANGED = "The catalogue, or who owns the namespace, has changed.";

    public Plan {
        checks = List.copyOf(checks);
        objects = List.copyOf(objects);
    }
}
