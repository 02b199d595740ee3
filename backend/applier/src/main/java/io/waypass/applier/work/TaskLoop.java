package io.waypass.applier.work;

import com.github.kagkarlsson.scheduler.Scheduler;
import org.springframework.context.SmartLifecycle;

/** Starts and stops the scheduler with the application; stopping waits for what is under way, at most 8 seconds. */
public final class TaskLoop implements SmartLifecycle {

    private final Scheduler scheduler;
    private volatile boolean running;

    /**
     * Makes the loop.
     *
     * @param scheduler with the applier's tasks
     */
    public TaskLoop(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public void start() {
        scheduler.start();
        running = true;
    }

    @Override
    public void stop() {
        running = false;
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
