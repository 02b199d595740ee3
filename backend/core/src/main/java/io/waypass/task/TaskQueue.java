package io.waypass.task;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Hands work to a cluster's applier. The task commits with the caller's transaction; a trigger on the table wakes the
 * applier at commit. A planning task's instance names the request and what the task follows from, so that it is unique per piece
 * of work and none is lost to an earlier one that is just ending; a resource's task is one row for ever.
 */
public final class TaskQueue {

    /** PostgreSQL channel on which appliers are woken; the payload is the task's name. */
    public static final String CHANNEL = "waypass_tasks";

    /** Payload on the channel that says that the catalogue or the directory changed. */
    public static final String BASIS = "basis";

    private final SchedulerClient scheduler;
    private final ReconcileTasks reconciles;
    private final Clock clock;

    /**
     * Makes the queue.
     *
     * @param scheduler over a data source that joins the present transaction
     * @param jdbc the same database
     * @param clock tells now
     */
    public TaskQueue(SchedulerClient scheduler, JdbcClient jdbc, Clock clock) {
        this.scheduler = scheduler;
        this.reconciles = new ReconcileTasks(jdbc);
        this.clock = clock;
    }

    /**
     * The task that plans requests of a cluster.
     *
     * @param cluster name
     * @return task name
     */
    public static String planTask(String cluster) {
        return "plan-" + cluster;
    }

    /**
     * The task that makes a cluster hold what was approved for a resource, and keeps it so. Its instance is the resource's public id, so
     * that no two work on one resource at once.
     *
     * @param cluster name
     * @return task name
     */
    public static String reconcileTask(String cluster) {
        return "reconcile-" + cluster;
    }

    /**
     * The request that a task instance is about.
     *
     * @param instance as scheduled here
     * @return public id of the request
     */
    public static String requestOf(String instance) {
        return instance.substring(0, instance.indexOf('#'));
    }

    /**
     * Asks for a plan.
     *
     * @param cluster name
     * @param request public id
     * @param round {@code first}, or the public id of the plan that no longer holds
     */
    public void plan(String cluster, String request, String round) {
        schedule(planTask(cluster), request + "#" + round);
    }

    /**
     * Asks for a resource to be reconciled at once, since somebody decided something about it.
     *
     * @param resourceId key of the resource
     */
    public void reconcile(long resourceId) {
        reconciles.reconcile(List.of(resourceId));
    }

    private void schedule(String task, String instance) {
        scheduler.scheduleIfNotExists(new TaskInstance<>(task, instance), clock.instant());
    }
}
