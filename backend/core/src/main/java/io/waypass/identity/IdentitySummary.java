package io.waypass.identity;

import io.waypass.app.Principal;
import io.waypass.resource.Condition;
import io.waypass.resource.WatchHealth;
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
 * @param retiredRevision what took it away, if that was applied last
 * @param retiring whether what was approved last takes it away
 * @param subject of the certificate of the desired revision; while it is being retired, of the one it presents until then
 * @param notAfter end of that certificate's validity
 * @param sight what was said last of watching its cluster; empty if no applier ever watched it
 * @param conditions what was observed, each at its last change
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
        Optional<Integer> retiredRevision,
        boolean retiring,
        Optional<String> subject,
        Optional<Instant> notAfter,
        Optional<WatchHealth> sight,
        List<Condition> conditions) {

    /** Copies the list. */
    public IdentitySummary {
        conditions = List.copyOf(conditions);
    }

    /** {@return whether everything that is kept in its cluster is watched now, so that what was observed still holds} */
    public boolean watched() {
        return sight.filter(WatchHealth::clear).isPresent();
    }

    /**
     * Tells when something of it was seen last.
     *
     * @param observedAt when that was observed to change last
     * @return that, or when its cluster was watched last, if that is later
     */
    public Instant lastSeen(Instant observedAt) {
        return sight.map(last -> last.lastSeen(observedAt)).orElse(observedAt);
    }

    /** {@return whether it was taken away and nothing new was approved since} */
    public boolean retired() {
        return desiredRevision.isEmpty() && retiredRevision.isPresent();
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
