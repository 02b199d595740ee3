package io.waypass.task;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Checks that a task still belongs to the applier that took it, by the version of its row. */
public final class Fences {

    private final JdbcClient jdbc;

    public Fences(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Checks that a task is still held.
     *
     * @throws Fence.Overtaken if another applier holds the task
     */
    public void confirm(Fence fence) {
        confirm(fence, "");
    }

    /**
     * Locks the task's row until the commit, so that no other applier takes it over in between. It is the last step of a transaction,
     * because every transaction locks the resource before the task.
     *
     * @throws Fence.Overtaken if another applier holds the task
     */
    public void hold(Fence fence) {
        confirm(fence, " for share");
    }

    private void confirm(Fence fence, String held) {
        boolean ours = jdbc.sql("""
                select 1 from scheduled_tasks where task_name = :task and task_instance = :instance and picked and version = :version
                """ + held)
                .param("task", fence.task())
                .param("instance", fence.instance())
                .param("version", fence.version())
                .query(Integer.class)
                .optional()
                .isPresent();
        if (!ours) {
            throw new Fence.Overtaken(fence);
        }
    }

    /**
     * Counts the wakeups that a run answers. It commits before anything is read: a later wakeup may be about something that the run has
     * not read.
     *
     * @throws Fence.Overtaken if another applier holds the task
     */
    public void countWakeups(Fence fence) {
        int ours = jdbc.sql("""
                update scheduled_tasks set wakeups_seen = wakeups, urgent = false
                where task_name = :task and task_instance = :instance and picked and version = :version
                """)
                .param("task", fence.task())
                .param("instance", fence.instance())
                .param("version", fence.version())
                .update();
        if (ours == 0) {
            throw new Fence.Overtaken(fence);
        }
    }
}
