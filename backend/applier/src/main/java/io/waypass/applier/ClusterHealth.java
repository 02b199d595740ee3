package io.waypass.applier;

import io.waypass.applier.cluster.ClusterObjects;
import io.waypass.applier.reconcile.DriftWatcher;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the API server answers, and everything that is kept is watched. A detail, no reason to restart or to take the applier out of
 * service: requests wait and say so.
 */
final class ClusterHealth implements HealthIndicator {

    private final ClusterObjects cluster;
    private final DriftWatcher driftWatcher;

    ClusterHealth(ClusterObjects cluster, DriftWatcher driftWatcher) {
        this.cluster = cluster;
        this.driftWatcher = driftWatcher;
    }

    @Override
    public Health health() {
        if (!cluster.answers()) {
            return Health.unknown()
                    .withDetail("reason", "the API server does not answer")
                    .build();
        }
        return driftWatcher
                .unwatched()
                .map(reason -> Health.unknown()
                        .withDetail("reason", "not everything is watched: " + reason)
                        .build())
                .orElseGet(() -> Health.up().build());
    }
}
