package io.waypass.task;

import org.springframework.jdbc.core.simple.JdbcClient;

/** Says whether a task still belongs to the applier that took it: its row has the version of then. */
public final class Fences {

    private final JdbcClient jdbc;

    public Fences(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Says whether a task is still held as it was taken.
     *
     * @param fence as it was taken
     * @throws Fence.Overtaken if not
     */
    public void confirm(Fence fence) {
        confirm(fence, "");
    }

    /**
     * Inside a transaction, as its last step: the row is held until the commit, so that nobody takes the task over in between. Last,
     * because whoever decides locks the resource before the task, too.
     *
     * @param fence as it was taken
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
     * Counts the wakeups that a run answers. Committed before anything is read: a wakeup that comes later is about something that may not
     * have been read.
     *
     * @param fence as it was taken
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
