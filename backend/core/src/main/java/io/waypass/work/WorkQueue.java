package io.waypass.work;

import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import java.time.Clock;

/**
 * Hands work to a cluster's applier. The task commits with the caller's transaction; a trigger on the table wakes the
 * applier at commit. A task's instance names the request and what the task follows from, so that it is unique per piece
 * of work and none is lost to an earlier one that is just ending.
 */
public final class WorkQueue {

    /** PostgreSQL channel on which appliers are woken; the payload is the task's name. */
    public static final String CHANNEL = "waypass_tasks";

    /** Payload on the channel that says that the catalogue or the directory changed. */
    public static final String BASIS = "basis";

    private final SchedulerClient scheduler;
    private final Clock clock;

    /**
     * Makes the queue.
     *
     * @param scheduler over a data source that joins the present transaction
     * @param clock tells now
     */
    public WorkQueue(SchedulerClient scheduler, Clock clock) {
        this.scheduler = scheduler;
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
     * The task that applies approved requests of a cluster.
     *
     * @param cluster name
     * @return task name
     */
    public static String applyTask(String cluster) {
        return "apply-" + cluster;
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
     * Asks for an approved plan to be applied.
     *
     * @param cluster name
     * @param request public id
     * @param plan public id of the approved plan
     */
    public void apply(String cluster, String request, String plan) {
        schedule(applyTask(cluster), request + "#" + plan);
    }

    private void schedule(String task, String instance) {
        scheduler.scheduleIfNotExists(new TaskInstance<>(task, instance), clock.instant());
    }
}
