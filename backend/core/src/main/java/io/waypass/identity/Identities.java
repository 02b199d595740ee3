package io.waypass.identity;

import io.waypass.access.Person;
import io.waypass.app.Principal;
import io.waypass.certificate.Certificates;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.destination.Destinations;
import io.waypass.refusal.NotFound;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedStates;
import io.waypass.resource.ResourceEvent;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.WatchHealth;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads identities for people: team members see those of their teams, platform admins all. */
public final class Identities {

    private static final String SUMMARY = """
            select r.id, r.public_id, t.slug as team, c.name as cluster, c.trust_domain, a.public_id as app_id, a.name as app, a.namespace,
                a.service_account, d.slug as destination, d.host, r.desired_revision, r.applied_revision, r.retired_revision,
                coalesce(w.operation = 'retire', false) as retiring, ce.subject, ce.not_after, v.certificate_id, i.destination_id,
                s.seen_at as watched_at, s.unwatched, s.seen_at > now() - interval '30 seconds' as watched_lately
            from identity i
            join resource r on r.id = i.id
            join app a on a.id = i.app_id
            join team t on t.id = a.team_id
            join cluster c on c.id = a.cluster_id
            join destination d on d.id = i.destination_id
            left join resource_revision w on w.resource_id = r.id and w.revision = r.desired_revision
            left join identity_revision v on v.resource_id = r.id
                and v.revision = case when w.operation = 'retire' then r.applied_revision else r.desired_revision end
            left join certificate ce on ce.id = v.certificate_id
            left join cluster_watch s on s.cluster_id = c.id
            """;

    private record Row(IdentitySummary summary, Optional<Long> certificateId, long destination) {}

    private final JdbcClient jdbc;
    private final Destinations destinations;
    private final Certificates certificates;
    private final ObservedStates states;
    private final ResourceEvents events;

    public Identities(
            JdbcClient jdbc,
            Destinations destinations,
            Certificates certificates,
            ObservedStates states,
            ResourceEvents events) {
        this.jdbc = jdbc;
        this.destinations = destinations;
        this.certificates = certificates;
        this.states = states;
        this.events = events;
    }

    /**
     * Lists approved identities, newest first; without those that are only requested, or retired.
     *
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<IdentitySummary> list(Person person, Optional<String> cursor, int limit) {
        return list("r.desired_revision is not null", person, cursor, limit);
    }

    /**
     * Lists retired identities, newest first.
     *
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<IdentitySummary> retired(Person person, Optional<String> cursor, int limit) {
        return list("r.desired_revision is null and r.retired_revision is not null", person, cursor, limit);
    }

    private Slice<IdentitySummary> list(String which, Person person, Optional<String> cursor, int limit) {
        List<IdentitySummary> rows = jdbc.sql(SUMMARY + " where (:admin or t.slug = any(:teams)) and r.id < :after and "
                        + which + " order by r.id desc limit :limit")
                .param("admin", person.admin())
                .param("teams", person.teams().toArray(String[]::new))
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query((row, _) -> summary(row))
                .list();
        Slice<IdentitySummary> slice = Slice.of(rows, limit, IdentitySummary::id);
        Map<Long, List<Condition>> conditions = states.conditions(
                slice.items().stream().map(IdentitySummary::id).toArray(Long[]::new));
        return new Slice<>(
                slice.items().stream()
                        .map(summary -> summary.with(conditions.getOrDefault(summary.id(), List.of())))
                        .toList(),
                slice.nextCursor());
    }

    /**
     * Finds an identity.
     *
     * @param publicId {@code idn_…}
     * @throws NotFound if there is none or the person may not see it
     */
    public IdentityDetail find(Person person, String publicId) {
        Row found = jdbc.sql(SUMMARY + " where r.public_id = :id")
                .param("id", publicId)
                .query((row, _) -> {
                    long certificate = row.getLong("certificate_id");
                    Optional<Long> certificateId = row.wasNull() ? Optional.empty() : Optional.of(certificate);
                    return new Row(summary(row), certificateId, row.getLong("destination_id"));
                })
                .optional()
                .filter(row -> person.maySee(row.summary().team()))
                .orElseThrow(() -> new NotFound("identity", publicId));
        IdentitySummary summary = found.summary();
        Destinations.Entry entry = destinations.entry(found.destination());
        return new IdentityDetail(
                summary.with(states.conditions(new Long[] {summary.id()}).getOrDefault(summary.id(), List.of())),
                entry.destination(),
                entry.gateway(),
                found.certificateId().flatMap(certificates::find),
                states.objects(summary.id()));
    }

    /**
     * Lists changes of an identity in the cluster that no request covers, newest first.
     *
     * @param publicId {@code idn_…}
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @throws NotFound if there is no such identity or the person may not see it
     */
    public Slice<ResourceEvent> events(Person person, String publicId, Optional<String> cursor, int limit) {
        record Seen(long id, String team) {}
        Seen identity = jdbc.sql("""
                select r.id, t.slug as team from resource r join team t on t.id = r.team_id where r.kind = 'identity' and r.public_id = :id
                """)
                .param("id", publicId)
                .query((row, _) -> new Seen(row.getLong("id"), row.getString("team")))
                .optional()
                .filter(found -> person.maySee(found.team()))
                .orElseThrow(() -> new NotFound("identity", publicId));
        return events.list(identity.id(), cursor, limit);
    }

    /** Reads a row without conditions, which are added later. */
    private static IdentitySummary summary(ResultSet row) throws SQLException {
        return new IdentitySummary(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("team"),
                row.getString("cluster"),
                new IdentitySummary.Call(
                        row.getString("app_id"),
                        row.getString("app"),
                        new Principal(
                                row.getString("trust_domain"),
                                row.getString("namespace"),
                                row.getString("service_account")),
                        row.getString("destination"),
                        row.getString("host")),
                new IdentitySummary.Revisions(
                        Optional.ofNullable(row.getObject("desired_revision", Integer.class)),
                        Optional.ofNullable(row.getObject("applied_revision", Integer.class)),
                        Optional.ofNullable(row.getObject("retired_revision", Integer.class)),
                        row.getBoolean("retiring")),
                Optional.ofNullable(row.getString("subject")),
                Rows.optionalInstant(row, "not_after"),
                watch(row),
                List.of());
    }

    private static Optional<WatchHealth> watch(ResultSet row) throws SQLException {
        Optional<Instant> seenAt = Rows.optionalInstant(row, "watched_at");
        return seenAt.isEmpty()
                ? Optional.empty()
                : Optional.of(new WatchHealth(
                        seenAt.get(),
                        Optional.ofNullable(row.getString("unwatched")),
                        row.getBoolean("watched_lately")));
    }
}
