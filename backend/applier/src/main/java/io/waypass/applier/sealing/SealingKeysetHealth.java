package io.waypass.applier.sealing;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * Reports whether this applier's keyset opens what the portal seals now. If not, the applier is not ready: a roll-out
 * of the wrong file stops at its first replica, and the others continue to work.
 */
public final class SealingKeysetHealth implements HealthIndicator {

    private final KeysetPublication publication;

    public SealingKeysetHealth(KeysetPublication publication) {
        this.publication = publication;
    }

    @Override
    public Health health() {
        KeysetPublication.Standing standing = publication.standing();
        return switch (standing) {
            case PUBLISHED, BEHIND, NOT_REGISTERED -> Health.up().build();
            case NOT_CHECKED, WITHHELD ->
                Health.outOfService().withDetail("reason", standing.reason()).build();
        };
    }
}
