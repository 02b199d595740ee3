package io.waypass.task;

import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Schedules reconciliation. A resource has one task row, which is never deleted; a resource that is enqueued while its task runs is
 * reconciled once more.
 */
public final class ReconcileTasks {

    private final JdbcClient jdbc;

    public ReconcileTasks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Enqueues resources at once, because of a decision about them. It is the last step of a transaction, because every transaction locks
     * tasks last.
     *
     * @param resourceIds keys of the resources
     */
    public void reconcile(Collection<Long> resourceIds) {
        enqueue(resourceIds, true);
    }

    /**
     * Enqueues resources, except those whose tasks wait for a retry.
     *
     * @param resourceIds keys of the resources
     */
    public void recheck(Collection<Long> resourceIds) {
        enqueue(resourceIds, false);
    }

    private void enqueue(Collection<Long> resourceIds, boolean urgent) {
        if (resourceIds.isEmpty()) {
            return;
        }
        // in one order, so that transactions that enqueue the same tasks do not deadlock
        jdbc.sql("select enqueue_reconcile(id, :urgent) from unnest(:ids) as id")
                .param("urgent", urgent)
                .param("ids", resourceIds.stream().sorted().toArray(Long[]::new))
                .query((_, _) -> 1)
                .list();
    }

    /**
     * Makes a rescheduled task due at once, if its resource was enqueued since the last run read the desired state. Only a decision cuts
     * the delay of a retry short.
     *
     * @param task name of the task
     * @param instance of the task
     */
    public void dueIfWoken(String task, String instance) {
        jdbc.sql("""
                update scheduled_tasks set execution_time = least(execution_time, now() - interval '1 second')
                where task_name = :task and task_instance = :instance and not picked and wakeups > wakeups_seen
                    and (urgent or coalesce(consecutive_failures, 0) = 0)
                """).param("task", task).param("instance", instance).update();
    }
}
