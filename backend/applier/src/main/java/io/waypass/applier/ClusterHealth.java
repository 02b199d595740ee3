package io.waypass.applier;

import io.waypass.applier.cluster.ClusterObjects;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Whether the API server answers. A detail, no reason to restart or to take the applier out of service: requests wait and
 * say so.
 */
final class ClusterHealth implements HealthIndicator {

    private final ClusterObjects cluster;

    ClusterHealth(ClusterObjects cluster) {
        this.cluster = cluster;
    }

    @Override
    public Health health() {
        return cluster.answers()
                ? Health.up().build()
                : Health.unknown()
                        .withDetail("reason", "the API server does not answer")
                        .build();
    }
}
