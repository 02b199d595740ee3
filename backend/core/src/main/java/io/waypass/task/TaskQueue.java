package io.waypass.task;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Hands work to a cluster's applier. The task commits with the caller's transaction; a trigger on the table wakes the applier at commit.
 * The instance of a planning task names the request and what caused the task, so that it is unique and none is lost to an earlier one
 * that is just ending. A resource has one task row, which is never deleted.
 */
public final class TaskQueue {

    /** PostgreSQL channel on which appliers are woken; the payload is the task's name. */
    public static final String CHANNEL = "waypass_tasks";

    /** Payload that announces a change of the catalogue or the directory. */
    public static final String BASIS = "basis";

    private final SchedulerClient scheduler;
    private final ReconcileTasks reconciles;
    private final Clock clock;

    public TaskQueue(SchedulerClient scheduler, JdbcClient jdbc, Clock clock) {
        this.scheduler = scheduler;
        this.reconciles = new ReconcileTasks(jdbc);
        this.clock = clock;
    }

    /** {@return name of the task that plans requests of a cluster} @param cluster name */
    public static String planTask(String cluster) {
        return "plan-" + cluster;
    }

    /**
     * {@return name of the task that reconciles a cluster's resources} Its instance is the public id of the resource, so that no two
     * appliers work on one resource at once.
     *
     * @param cluster name
     */
    public static String reconcileTask(String cluster) {
        return "reconcile-" + cluster;
    }

    /** {@return public id of the request that a planning task's instance names} @param instance as scheduled here */
    public static String requestOf(String instance) {
        return instance.substring(0, instance.indexOf('#'));
    }

    /**
     * Schedules the planning of a request.
     *
     * @param cluster name
     * @param request public id
     * @param round {@code first}, or the public id of the plan that no longer holds
     */
    public void plan(String cluster, String request, String round) {
        schedule(planTask(cluster), request + "#" + round);
    }

    /**
     * Enqueues a resource at once, because of a decision about it.
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
