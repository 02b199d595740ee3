package io.waypass.task;

import java.util.Collection;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * When resources are reconciled. A resource's task is one row for ever; what is asked for while it runs is not lost, it runs again then.
 */
public final class ReconcileTasks {

    private final JdbcClient jdbc;

    public ReconcileTasks(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Asks for resources to be reconciled at once, since somebody decided something about them. Inside a transaction as its last step,
     * since everybody locks tasks last.
     *
     * @param resourceIds keys of the resources
     */
    public void reconcile(Collection<Long> resourceIds) {
        enqueue(resourceIds, true);
    }

    /**
     * Asks for resources to be reconciled, unless their tasks wait for a retry.
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
        // in one order, so that two that enqueue the same tasks do not wait for each other
        jdbc.sql("select enqueue_reconcile(id, :urgent) from unnest(:ids) as id")
                .param("urgent", urgent)
                .param("ids", resourceIds.stream().sorted().toArray(Long[]::new))
                .query((_, _) -> 1)
                .list();
    }

    /**
     * Makes a task that was just given its next time due at once, if somebody asked for another run since the last one read what is
     * desired. Only who decided cuts a retry's delay short.
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
