package io.waypass.applier.task;

import com.github.kagkarlsson.scheduler.Scheduler;
import io.waypass.applier.cluster.Pace;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.springframework.context.SmartLifecycle;

/**
 * Starts and stops the scheduler with the application. What is under way has two seconds to be done; what then would call the API server
 * once more is handed back, so that another applier goes on with it at once. After 8 seconds it would be interrupted, which cuts its
 * connection to the database too, and nobody would take it up before its heartbeats are missed.
 */
public final class TaskLoop implements SmartLifecycle {

    private static final long GRACE_SECONDS = 2;

    private final Scheduler scheduler;
    private final Pace pace;
    private volatile boolean running;

    /**
     * Starts and stops with the application.
     *
     * @param scheduler with the applier's tasks
     * @param pace of the calls that they make
     */
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
