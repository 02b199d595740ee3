package io.waypass.applier;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerState;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * What this applier works on. There is no leader: any applier of a cluster takes what is due, so one that holds nothing is as healthy as
 * one that is busy.
 */
final class WorkHealth implements HealthIndicator {

    private final Scheduler scheduler;
    private final int atOnce;

    WorkHealth(Scheduler scheduler, int atOnce) {
        this.scheduler = scheduler;
        this.atOnce = atOnce;
    }

    @Override
    public Health health() {
        SchedulerState state = scheduler.getSchedulerState();
        int held = scheduler.getCurrentlyExecuting().size();
        Health.Builder health = state.isShuttingDown() || !state.isStarted() ? Health.outOfService() : Health.up();
        return health.withDetail("holds", held)
                .withDetail("atOnce", atOnce)
                .withDetail(
                        "reason",
                        state.isShuttingDown() || !state.isStarted()
                                ? "it is starting or stopping, and takes nothing new"
                                : held == 0 ? "nothing is due, or others have it" : "it works")
                .build();
    }
}
