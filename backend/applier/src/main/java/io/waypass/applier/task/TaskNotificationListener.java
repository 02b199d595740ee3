package io.waypass.applier.task;

import io.waypass.database.NotificationListener;
import io.waypass.task.TaskQueue;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Receives notifications that a task was committed, or that the catalogue or the directory changed; neither is polled.
 */
public final class TaskNotificationListener implements SmartLifecycle {

    private static final int WAIT_MILLIS = 5_000;

    private final DataSource database;
    private final List<String> tasks;
    private final Runnable wake;
    private final Runnable basis;
    private final Runnable back;
    private @Nullable NotificationListener listening;

    /**
     * Listens to nothing before it is started.
     *
     * @param database unpooled, for one long connection
     * @param cluster name
     * @param wake called when there is a task
     * @param basis called when the catalogue or the directory changed
     * @param back called when the database is connected, for the first time or again
     */
    public TaskNotificationListener(DataSource database, String cluster, Runnable wake, Runnable basis, Runnable back) {
        this.database = database;
        this.tasks = List.of(TaskQueue.planTask(cluster), TaskQueue.reconcileTask(cluster));
        this.wake = wake;
        this.basis = basis;
        this.back = back;
    }

    @Override
    public synchronized void start() {
        listening =
                new NotificationListener(database, TaskQueue.CHANNEL, WAIT_MILLIS, new NotificationListener.Listener() {
                    @Override
                    public void connected() {
                        back.run();
                        wake.run();
                        basis.run();
                    }

                    @Override
                    public void heard(List<String> words) {
                        if (words.stream().anyMatch(tasks::contains)) {
                            wake.run();
                        }
                        if (words.contains(TaskQueue.BASIS)) {
                            basis.run();
                        }
                    }
                });
    }

    @Override
    public synchronized void stop() {
        if (listening != null) {
            listening.close();
            listening = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return listening != null;
    }
}
