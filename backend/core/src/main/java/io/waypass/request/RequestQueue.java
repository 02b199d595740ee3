package io.waypass.request;

import io.waypass.database.Slice;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The requests that wait for a decision; for platform admins only. */
public final class RequestQueue {

    private final JdbcClient jdbc;
    private final RequestRows rows;

    public RequestQueue(JdbcClient jdbc, ResourceType.Registry types) {
        this.jdbc = jdbc;
        this.rows = new RequestRows(types);
    }

    /** Joins that each filter needs, so that rows that are filtered out join nothing. */
    private enum Narrowing {
        TEAM(" and r.team_id = (select id from team where slug = :team)"),
        DESTINATION(Requests.AT_DESTINATION),
        KIND(" and r.kind = :kind"),
        CLEAN(" and exists (select 1 from plan p where p.id = r.plan_id and p.warnings + p.failed + p.unknown = 0)"),
        FAILED(" and exists (select 1 from plan p where p.id = r.plan_id and p.failed > 0)"),
        UNKNOWN(" and exists (select 1 from plan p where p.id = r.plan_id and p.unknown > 0)"),
        WARNING(" and exists (select 1 from plan p where p.id = r.plan_id and p.warnings > 0)"),
        EXPIRING("""
                 and coalesce((select i.in_use_until from identity i where i.id = r.resource_id),
                    (select ce.not_after from identity_revision v join certificate ce on ce.id = v.certificate_id
                        where v.resource_id = r.resource_id and v.revision = r.revision)) < now() + interval '30 days'
                """),
        SECOND(" and r.plan_id in (select plan_id from decision)"),
        TEXT("""
                 and (exists (select 1 from identity i join app a on a.id = i.app_id
                        where i.id = r.resource_id and strpos(lower(a.name), :text) > 0)
                    or exists (select 1 from about_destination o join destination d on d.id = o.destination_id
                        where o.resource_id = r.resource_id and strpos(lower(d.host), :text) > 0)
                    or (select strpos(lower(ce.subject), :text) from identity_revision v join certificate ce on ce.id = v.certificate_id
                        where v.resource_id = r.resource_id and v.revision = r.revision) > 0)
                """);

        private final String sql;

        Narrowing(String sql) {
            this.sql = sql;
        }
    }

    /**
     * Lists requests that wait for a decision, oldest first.
     *
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<RequestSummary> list(QueueFilter filter, Optional<String> cursor, int limit) {
        StringBuilder narrowed = new StringBuilder();
        filter.team().ifPresent(_ -> narrowed.append(Narrowing.TEAM.sql));
        filter.destination().ifPresent(_ -> narrowed.append(Narrowing.DESTINATION.sql));
        filter.kind().ifPresent(_ -> narrowed.append(Narrowing.KIND.sql));
        filter.attention().ifPresent(attention -> narrowed.append(Narrowing.valueOf(attention.name()).sql));
        filter.text().ifPresent(_ -> narrowed.append(Narrowing.TEXT.sql));
        // two statements: PostgreSQL underestimates how selective the first one is, and would join every row that waits
        List<Long> found = jdbc.sql("select r.id from request r where r.status = 'pending' and r.id > :after" + narrowed
                        + " order by r.id limit :limit")
                .param("after", Slice.after(cursor, 0))
                .param("team", filter.team().orElse(null))
                .param("destination", filter.destination().orElse(null))
                .param("kind", filter.kind().map(RequestKind::value).orElse(null))
                .param(
                        "text",
                        filter.text().map(text -> text.toLowerCase(Locale.ROOT)).orElse(null))
                .param("limit", limit + 1)
                .query(Long.class)
                .list();
        Slice<Long> part = Slice.of(found, limit, Long::longValue);
        List<RequestSummary> requests = rows.summaries(
                jdbc.sql(RequestRows.SELECT + " where r.id = any(:found) and r.status = 'pending' order by r.id")
                        .param("found", part.items().toArray(Long[]::new)));
        return new Slice<>(requests, part.nextCursor());
    }

    /** {@return number of requests that wait for a decision, with their classification} */
    public QueueCounts counts() {
        long all = jdbc.sql("select count(*) from request where status = 'pending'")
                .query(Long.class)
                .single();
        if (all > QueueCounts.MOST_CLASSIFIED) {
            return new QueueCounts(all, Map.of());
        }
        return new QueueCounts(
                all,
                jdbc.sql("""
                select count(*) filter (where p.warnings + p.failed + p.unknown = 0) as clean,
                    count(*) filter (where p.failed > 0) as failed, count(*) filter (where p.unknown > 0) as unknown,
                    count(*) filter (where p.warnings > 0) as warning,
                    count(*) filter (where coalesce(i.in_use_until, ce.not_after) < now() + interval '30 days') as expiring,
                    count(*) filter (where exists (select 1 from decision v where v.plan_id = r.plan_id)) as second
                from request r join plan p on p.id = r.plan_id left join identity i on i.id = r.resource_id
                left join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
                left join certificate ce on ce.id = v.certificate_id
                where r.status = 'pending'
                """)
                        .query((row, _) -> {
                            Map<QueueFilter.Attention, Long> by = new EnumMap<>(QueueFilter.Attention.class);
                            for (QueueFilter.Attention attention : QueueFilter.Attention.values()) {
                                by.put(attention, row.getLong(attention.value()));
                            }
                            return by;
                        })
                        .single());
    }

    /**
     * Finds the next request of the queue.
     *
     * @param after {@code req_…}, which may be decided meanwhile
     * @return its public id; after the last request that of the first; empty if nothing else waits
     */
    public Optional<String> next(String after) {
        return jdbc.sql("""
                select public_id from request where status = 'pending' and public_id <> :after
                order by id <= coalesce((select id from request where public_id = :after), 0), id limit 1
                """).param("after", after).query(String.class).optional();
    }

    /** {@return values by which the queue can be filtered} */
    public Choices choices() {
        return new Choices(
                jdbc.sql("""
                        select slug from team where exists (select 1 from request r where r.team_id = team.id and r.status = 'pending')
                        order by slug
                        """).query(String.class).list(),
                jdbc.sql("""
                        select slug from destination d where exists (select 1 from about_destination o
                            join request r on r.resource_id = o.resource_id
                            where o.destination_id = d.id and r.status = 'pending') order by slug
                        """).query(String.class).list());
    }

    /**
     * Values of filters that have waiting requests, in order.
     *
     * @param teams slugs
     * @param destinations slugs
     */
    public record Choices(List<String> teams, List<String> destinations) {}
}
