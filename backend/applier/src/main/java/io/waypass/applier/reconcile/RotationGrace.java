package io.waypass.applier.reconcile;

import io.waypass.manifests.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How long a Secret stays after another one has replaced it in a rotation. No status tells when Envoy uses the new one; istiod pushes it
 * within the second (measured), so a grace of seconds is enough.
 *
 * @param grace counted from the time at which a revision with another Secret was applied; zero removes the Secret in the same run
 */
record RotationGrace(Duration grace) {

    RotationGrace {
        if (grace.isNegative()) {
            throw new IllegalArgumentException("a grace of " + grace + " is negative");
        }
    }

    /**
     * The time before which an object is not removed.
     *
     * @param leftover an object that the target does not have
     * @return empty if nothing delays its removal: it is no replaced Secret, because it is of another kind, or the identity is retired, or
     *     no revision after its own was applied or is being applied
     */
    Optional<Instant> notBefore(Reconciliation round, Manifest leftover, Instant now) {
        if (!SecretFiller.isSecret(leftover)
                || round.job().target().isEmpty()
                || round.target().retires()) {
            return Optional.empty();
        }
        int revision =
                leftover.tree().at("/metadata/annotations/waypass.io~1revision").asInt();
        Optional<Instant> replaced = round.job().firstApplied().entrySet().stream()
                .filter(applied -> applied.getKey() > revision)
                .map(Map.Entry::getValue)
                .min(Instant::compareTo);
        return replaced.or(() -> round.isChange() ? Optional.of(now) : Optional.empty())
                .map(since -> since.plus(grace));
    }
}
