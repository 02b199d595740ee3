package io.waypass.resource;

import io.waypass.database.Rows;
import io.waypass.database.Slice;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Repository of changes in the cluster that no request covers. */
public final class ResourceEvents {

    /** The same change by the same manager within this time counts as one event. */
    public static final Duration SAME_EVENT = Duration.ofMinutes(30);

    /**
     * Recent restorations and removals of an object, whoever had changed it.
     *
     * @param times number of them, each within {@link #SAME_EVENT} of the previous one
     * @param last time of the last one
     */
    public record Restored(int times, Instant last) {}

    private final JdbcClient jdbc;
    private final Clock clock;

    public ResourceEvents(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * Lists the events of a resource, newest first.
     *
     * @param resourceId key of the resource
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<ResourceEvent> list(long resourceId, Optional<String> cursor, int limit) {
        List<ResourceEvent> rows = jdbc.sql("""
                select id, type, kind, namespace, name, manager, detail, count, first_at, last_at from resource_event
                where resource_id = :resource and id < :after order by id desc limit :limit
                """)
                .param("resource", resourceId)
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query((row, _) -> new ResourceEvent(
                        row.getLong("id"),
                        ResourceEvent.Type.of(row.getString("type")),
                        row.getString("kind"),
                        row.getString("namespace"),
                        row.getString("name"),
                        row.getString("manager"),
                        row.getString("detail"),
                        row.getInt("count"),
                        Rows.instant(row, "first_at"),
                        Rows.instant(row, "last_at")))
                .list();
        return Slice.of(rows, limit, ResourceEvent::id);
    }

    /** {@return restorations and removals within {@link #SAME_EVENT}, by place of the object} @param resourceId key of the resource */
    public Map<ObjectPlace, Restored> restored(long resourceId) {
        return jdbc
                .sql("""
                select kind, namespace, name, sum(count) as times, max(last_at) as last from resource_event
                where resource_id = :id and type in ('restored', 'removed') and last_at > :since group by kind, namespace, name
                """)
                .param("id", resourceId)
                .param("since", Rows.timestamp(clock.instant().minus(SAME_EVENT)))
                .query((row, _) -> Map.entry(
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")),
                        new Restored(row.getInt("times"), Rows.instant(row, "last"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** {@return places of objects that were removed to close the door, and not restored since} @param resourceId key of the resource */
    public Set<ObjectPlace> closed(long resourceId) {
        return Set.copyOf(jdbc.sql("""
                select kind, namespace, name from resource_event where resource_id = :id and type in ('closed', 'opened', 'restored')
                group by kind, namespace, name
                having max(last_at) filter (where type = 'closed')
                    > coalesce(max(last_at) filter (where type <> 'closed'), '-infinity')
                """)
                .param("id", resourceId)
                .query((row, _) ->
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")))
                .list());
    }

    /**
     * Records changes, inside the caller's transaction. The same change by the same manager increases a count, so that a foreign
     * controller in a loop does not fill the table.
     *
     * @param resourceId key of the resource
     */
    public void record(long resourceId, List<ResourceChange> changes) {
        for (ResourceChange change : changes) {
            if (!countUp(resourceId, change)) {
                add(resourceId, change);
            }
        }
    }

    private boolean countUp(long resourceId, ResourceChange change) {
        return jdbc.sql("""
                update resource_event set last_at = :now, detail = :detail, manager = :manager,
                    -- what is only reported is found again at each reconcile, and counts if it is something else; what is not restored
                    -- is tried again and again, with words that may differ
                    count = count + case when type in ('restored', 'removed', 'closed', 'opened')
                        or type <> 'not-restored' and detail <> :detail then 1 else 0 end
                where id = (select id from resource_event where resource_id = :resource and type = :type and kind = :kind
                    and namespace = :namespace and name = :name
                    and (type in ('reported', 'contested', 'not-restored') or manager = :manager and detail = :detail)
                    and last_at > :since order by id desc limit 1)
                """)
                        .param("now", Rows.timestamp(clock.instant()))
                        .param("detail", change.detail())
                        .param("resource", resourceId)
                        .param("type", change.type().value())
                        .param("kind", change.kind())
                        .param("namespace", change.namespace())
                        .param("name", change.name())
                        .param("manager", change.manager())
                        .param("since", Rows.timestamp(clock.instant().minus(SAME_EVENT)))
                        .update()
                > 0;
    }

    private void add(long resourceId, ResourceChange change) {
        jdbc.sql("""
                insert into resource_event (resource_id, type, kind, namespace, name, manager, detail, first_at, last_at)
                values (:resource, :type, :kind, :namespace, :name, :manager, :detail, :now, :now)
                """)
                .param("resource", resourceId)
                .param("type", change.type().value())
                .param("kind", change.kind())
                .param("namespace", change.namespace())
                .param("name", change.name())
                .param("manager", change.manager())
                .param("detail", change.detail())
                .param("now", Rows.timestamp(clock.instant()))
                .update();
    }
}
