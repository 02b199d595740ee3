package io.waypass.applier.task;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.waypass.applier.cluster.Pace;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the scheduler with the application. Tasks in progress have two seconds to complete; a task that
 * would call the API server after that is put back, so that another applier continues it at once. After 8 seconds it
 * would be interrupted, which also cuts its database connection, and no other applier would pick it before its
 * heartbeats are missed.
 */
public final class TaskLoop implements SmartLifecycle {

    private static final long GRACE_SECONDS = 2;

    private final Scheduler scheduler;
    private final Pace pace;
    private volatile boolean running;

    public TaskLoop(Scheduler scheduler, Pace pace) {
        this.scheduler = scheduler;
        this.pace = pace;
    }

    @Override
    public void start() {
        scheduler.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        CompletableFuture.delayedExecutor(GRACE_SECONDS, TimeUnit.SECONDS).execute(pace::end);
        scheduler.stop();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 1;
    }
}
