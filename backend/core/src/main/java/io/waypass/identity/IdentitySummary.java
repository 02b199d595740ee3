package io.waypass.identity;

import io.waypass.app.Principal;
import io.waypass.resource.Condition;
import io.waypass.resource.Readiness;
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
 * @param subject of the certificate of the desired revision; during a retirement, of the one that is still presented
 * @param notAfter end of that certificate's validity
 * @param watch the last report on watching its cluster; empty if no applier ever watched it
 * @param conditions their sum {@link Condition.Type#READY} first, then each as it changed last
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
     * The app that calls, and the destination.
     *
     * @param appId {@code app_…}
     * @param app name
     * @param principal of the app inside the mesh
     * @param destination slug
     * @param host of the destination
     */
    public record Call(String appId, String app, Principal principal, String destination, String host) {}

    /**
     * Numbers of revisions.
     *
     * @param desired approved last; empty if none was approved
     * @param applied applied last; empty if none was applied
     * @param retired the retirement, if that was applied last
     * @param retiring whether the desired revision is a retirement
     */
    public record Revisions(
            Optional<Integer> desired, Optional<Integer> applied, Optional<Integer> retired, boolean retiring) {}

    public IdentitySummary {
        conditions = List.copyOf(conditions);
    }

    IdentitySummary with(List<Condition> observed) {
        return new IdentitySummary(
                id,
                publicId,
                team,
                cluster,
                call,
                revisions,
                subject,
                notAfter,
                watch,
                Readiness.summed(observed, watch));
    }

    public String appId() {
        return call.appId();
    }

    public String app() {
        return call.app();
    }

    public Principal principal() {
        return call.principal();
    }

    public String destination() {
        return call.destination();
    }

    public String host() {
        return call.host();
    }

    /** {@return the revision that was approved last; empty if none was} */
    public Optional<Integer> desiredRevision() {
        return revisions.desired();
    }

    /** {@return the revision that was applied last; empty if none was} */
    public Optional<Integer> appliedRevision() {
        return revisions.applied();
    }

    /** {@return whether the desired revision is a retirement} */
    public boolean retiring() {
        return revisions.retiring();
    }

    /** {@return whether its whole cluster is watched now, so that observations are current} */
    public boolean watched() {
        return watch.filter(WatchHealth::clear).isPresent();
    }

    /**
     * {@return the time for which an observation is known to hold}; see {@link WatchHealth#lastSeen}
     *
     * @param observedAt time of its last change
     */
    public Instant lastSeen(Instant observedAt) {
        return watch.map(last -> last.lastSeen(observedAt)).orElse(observedAt);
    }

    /** {@return whether it is retired and no newer revision is approved} */
    public boolean retired() {
        return revisions.desired().isEmpty() && revisions.retired().isPresent();
    }

    /** {@return a condition; empty if it was never observed} */
    public Optional<Condition> condition(Condition.Type type) {
        return conditions.stream().filter(condition -> condition.type() == type).findFirst();
    }
}
