package io.waypass.identity;

import io.waypass.directory.Principal;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An identity as lists show it.
 *
 * @param id key inside the database
 * @param publicId {@code idn_…}
 * @param team slug
 * @param cluster name
 * @param appId {@code app_…}
 * @param app name
 * @param principal who the app is inside the mesh
 * @param destination slug
 * @param host the destination's host
 * @param desiredRevision what was approved last; empty while nothing was
 * @param appliedRevision what was applied last; empty while nothing was
 * @param subject of the certificate of the desired revision
 * @param notAfter end of that certificate's validity
 * @param conditions what was observed
 */
public record IdentitySummary(
        long id,
        String publicId,
        String team,
        String cluster,
        String appId,
        String app,
        Principal principal,
        String destination,
        String host,
        Optional<Integer> desiredRevision,
        Optional<Integer> appliedRevision,
        Optional<String> subject,
        Optional<Instant> notAfter,
        List<Condition> conditions) {

    /** Copies the list. */
    public IdentitySummary {
        conditions = List.copyOf(conditions);
    }

    /**
     * Finds a condition.
     *
     * @param type which
     * @return the condition, empty if it was never observed
     */
    public Optional<Condition> condition(Condition.Type type) {
        return conditions.stream().filter(condition -> condition.type() == type).findFirst();
    }
}
