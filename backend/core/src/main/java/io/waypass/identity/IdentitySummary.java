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
 * @param call which app calls which destination
 * @param revisions how far its revisions are
 * @param subject of the certificate of the desired revision; while it is being retired, of the one it presents until then
 * @param notAfter end of that certificate's validity
 * @param watch the last report on watching its cluster; empty if no applier ever watched it
 * @param conditions what was observed, each at its last change
 */
public record IdentitySummary(
        long id,
        String publicId,
        String team,
        String cluster,
        Call call,
        Revisions revisions,
        Optional<String> subject,
        Optional<Instant> notAfter,
        Optional<WatchHealth> watch,
        List<Condition> conditions) {

    /**
     * Which app calls which destination, and as whom.
     *
     * @param appId {@code app_…}
     * @param app name
     * @param principal who the app is inside the mesh
     * @param destination slug
     * @param host the destination's host
     */
    public record Call(String appId, String app, Principal principal, String destination, String host) {}

    /**
     * How far the revisions of an identity are.
     *
     * @param desired what was approved last; empty while nothing was
     * @param applied what was applied last; empty while nothing was
     * @param retired what took it away, if that was applied last
     * @param retiring whether what was approved last takes it away
     */
    public record Revisions(
            Optional<Integer> desired, Optional<Integer> applied, Optional<Integer> retired, boolean retiring) {}

    /** Copies the list. */
    public IdentitySummary {
        conditions = List.copyOf(conditions);
    }

    /** {@return the same with what was observed} */
    IdentitySummary with(List<Condition> observed) {
        return new IdentitySummary(id, publicId, team, cluster, call, revisions, subject, notAfter, watch, observed);
    }

    /** {@return {@code app_…}} */
    public String appId() {
        return call.appId();
    }

    /** {@return name of the app} */
    public String app() {
        return call.app();
    }

    /** {@return who the app is inside the mesh} */
    public Principal principal() {
        return call.principal();
    }

    /** {@return slug of the destination} */
    public String destination() {
        return call.destination();
    }

    /** {@return the destination's host} */
    public String host() {
        return call.host();
    }

    /** {@return what was approved last; empty while nothing was} */
    public Optional<Integer> desiredRevision() {
        return revisions.desired();
    }

    /** {@return what was applied last; empty while nothing was} */
    public Optional<Integer> appliedRevision() {
        return revisions.applied();
    }

    /** {@return whether what was approved last takes it away} */
    public boolean retiring() {
        return revisions.retiring();
    }

    /** {@return whether everything that is kept in its cluster is watched now, so that what was observed still holds} */
    public boolean watched() {
        return watch.filter(WatchHealth::clear).isPresent();
    }

    /**
     * Tells when something of it was seen last.
     *
     * @param observedAt when that was observed to change last
     * @return that, or when its cluster was watched last, if that is later
     */
    public Instant lastSeen(Instant observedAt) {
        return watch.map(last -> last.lastSeen(observedAt)).orElse(observedAt);
    }

    /** {@return whether it was taken away and nothing new was approved since} */
    public boolean retired() {
        return revisions.desired().isEmpty() && revisions.retired().isPresent();
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
