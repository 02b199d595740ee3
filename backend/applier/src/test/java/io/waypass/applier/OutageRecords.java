package io.waypass.applier;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database records of an outage: watches, tasks that fail, requests that wait. */
final class OutageRecords {

    private final JdbcClient owner;

    OutageRecords(JdbcClient owner) {
        this.owner = owner;
    }

    /** How often tasks have failed since they last succeeded. */
    int failures() {
        return owner.sql("select coalesce(sum(consecutive_failures), 0) from scheduled_tasks")
                .query(Integer.class)
                .single();
    }

    /** Why the cluster is not watched, if it is not. */
    Optional<String> unwatched() {
        return Optional.ofNullable(owner.sql(
                                "select coalesce(unwatched, '') from cluster_watch s join cluster c on c.id = s.cluster_id where c.name = 'sandbox'")
                        .query(String.class)
                        .single())
                .filter(reason -> !reason.isEmpty());
    }

    List<String> waitingReasons(String prefix) {
        return owner.sql("""
                        select r.waiting_reason from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id
                        where a.name like :prefix || '%' and r.waiting_reason is not null
                        """).param("prefix", prefix).query(String.class).list();
    }

    List<String> attempts(String prefix) {
        return owner.sql("""
                        select coalesce(t.message, '') || coalesce(r.waiting_reason, '') from attempt t join request r on r.id = t.request_id
                        join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join app a on a.id = i.app_id where a.name like :prefix || '%'
                        """).param("prefix", prefix).query(String.class).list();
    }

    /**
     * What is retried comes within half a minute, a Secret that a rotation replaced goes within a minute, and no certificate here ends within
     * half a year.
     */
    List<String> movedTasks() {
        return owner.sql("""
                        select task_name || ' ' || task_instance || ' at ' || execution_time from scheduled_tasks
                        where not picked and execution_time between now() + interval '65 seconds' and now() + interval '180 days'
                        """).query(String.class).list();
    }
}
