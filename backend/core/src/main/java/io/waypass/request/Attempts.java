package io.waypass.request;

import io.waypass.database.Rows;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Repository of attempts; runs inside the caller's transaction. */
public final class Attempts {

    private final JdbcClient jdbc;
    private final Clock clock;

    public Attempts(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Starts an attempt, or continues the last one. An attempt that waited is continued, because an API server that is away for a day
     * would otherwise leave thousands of rows. So is one that did not end, because its applier died or an object changed during it; it
     * would be shown as running for ever. The start is that of the last run.
     *
     * @param requestId key of the request
     * @param task {@code plan} or {@code apply}
     */
    public void start(long requestId, String task) {
        int continued = jdbc.sql("""
                update attempt set started_at = :now, finished_at = null, outcome = null, message = null
                where id = (select max(id) from attempt where request_id = :id and task = :task)
                    and (outcome = 'waiting' or finished_at is null)
                """)
                .param("id", requestId)
                .param("task", task)
                .param("now", Rows.timestamp(clock.instant()))
                .update();
        if (continued > 0) {
            return;
        }
        jdbc.sql("""
                insert into attempt (request_id, task, number, started_at)
                values (:id, :task, (select count(*) + 1 from attempt where request_id = :id and task = :task), :now)
                """)
                .param("id", requestId)
                .param("task", task)
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }

    /**
     * Ends the running attempt, if there is one.
     *
     * @param requestId key of the request
     * @param task {@code plan} or {@code apply}
     * @param outcome {@code succeeded}, {@code failed}, {@code waiting} or {@code replanned}
     * @param message for people
     */
    public void finish(long requestId, String task, String outcome, @Nullable String message) {
        jdbc.sql("""
                update attempt set finished_at = :now, outcome = :outcome, message = :message
                where id = (select max(id) from attempt where request_id = :id and task = :task) and finished_at is null
                """)
                .param("now", Rows.timestamp(clock.instant()))
                .param("outcome", outcome)
                .param("message", message)
                .param("id", requestId)
                .param("task", task)
                .update();
    }

    /**
     * Ends attempts that an applier left running when it died, of a resource's requests that were withdrawn or superseded since.
     *
     * @param resourceId key of the resource
     */
    public void endAbandoned(long resourceId) {
        jdbc.sql("""
                update attempt t set finished_at = :now, outcome = 'failed', message = 'The request is ' || r.status || ' meanwhile.'
                from request r where r.id = t.request_id and r.resource_id = :resource and t.finished_at is null
                    and r.status in ('superseded', 'withdrawn', 'rejected', 'invalid')
                """)
                .param("now", Rows.timestamp(clock.instant()))
                .param("resource", resourceId)
                .update();
    }

    /** {@return time of the first application of a request; empty if it was not applied} @param requestId key of the request */
    public Optional<Instant> firstApplied(long requestId) {
        return jdbc.sql("""
                select min(finished_at) as at from attempt where request_id = :id and task = 'apply' and outcome = 'succeeded'
                """)
                .param("id", requestId)
                .query((row, _) -> Rows.optionalInstant(row, "at"))
                .single();
    }

    /** {@return the newest revision before another one that was applied, 0 if none was} @param resourceId key of the resource */
    public int lastAppliedBefore(long resourceId, int revision) {
        return jdbc.sql("""
                select coalesce(max(r.revision), 0) from attempt t join request r on r.id = t.request_id
                where r.resource_id = :id and r.revision < :revision and t.task = 'apply' and t.outcome = 'succeeded'
                """)
                .param("id", resourceId)
                .param("revision", revision)
                .query(Integer.class)
                .single();
    }

    /** {@return time of the first application of each revision that was applied, by revision} @param resourceId key of the resource */
    public Map<Integer, Instant> firstAppliedByRevision(long resourceId) {
        return jdbc
                .sql("""
                select r.revision, min(t.finished_at) as at from attempt t join request r on r.id = t.request_id
                where r.resource_id = :id and t.task = 'apply' and t.outcome = 'succeeded' group by r.revision
                """)
                .param("id", resourceId)
                .query((row, _) -> Map.entry(row.getInt("revision"), Rows.instant(row, "at")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Whether an applier has ever started to apply a request. */
    boolean appliedOnce(long requestId) {
        return jdbc.sql("select exists (select 1 from attempt where request_id = :id and task = 'apply')")
                .param("id", requestId)
                .query(Boolean.class)
                .single();
    }

    /** The newest 50, newest first. */
    List<Attempt> of(long requestId) {
        return jdbc.sql("""
                select task, number, started_at, finished_at, outcome, message from attempt where request_id = :id order by id desc limit 50
                """)
                .param("id", requestId)
                .query((row, _) -> new Attempt(
                        row.getString("task"),
                        row.getInt("number"),
                        Rows.instant(row, "started_at"),
                        Rows.optionalInstant(row, "finished_at"),
                        Optional.ofNullable(row.getString("outcome")),
                        Optional.ofNullable(row.getString("message"))))
                .list();
    }
}
