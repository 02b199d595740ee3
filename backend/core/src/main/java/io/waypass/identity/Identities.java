package io.waypass.identity;

import io.waypass.access.Person;
import io.waypass.app.Principal;
import io.waypass.certificate.CertificateFingerprints;
import io.waypass.certificate.Certificates;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.destination.Destinations;
import io.waypass.refusal.NotFound;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.ResourceEvent;
import io.waypass.resource.WatchHealth;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Identities as people see them: a team its own, an admin all. */
public final class Identities {

    private static final String SUMMARY = """
            select i.id, i.public_id, t.slug as team, c.name as cluster, c.trust_domain, a.public_id as app_id, a.name as app, a.namespace,
                a.service_account, d.slug as destination, d.host, i.desired_revision, i.applied_revision, i.retired_revision,
                coalesce(w.kind = 'retire-identity', false) as retiring, ce.subject, ce.not_after, r.certificate_id, i.destination_id,
                s.seen_at as sighted_at, s.blind, s.seen_at > now() - interval '30 seconds' as sighted_lately
            from identity i
            join app a on a.id = i.app_id
            join team t on t.id = a.team_id
            join cluster c on c.id = a.cluster_id
            join destination d on d.id = i.destination_id
            left join request w on w.identity_id = i.id and w.revision = i.desired_revision
            left join request r on r.identity_id = i.id
                and r.revision = case when w.kind = 'retire-identity' then i.applied_revision else i.desired_revision end
            left join certificate ce on ce.id = r.certificate_id
            left join cluster_sight s on s.cluster_id = c.id
            """;

    private record Row(IdentitySummary summary, Optional<Long> certificateId, long destination) {}

    private final JdbcClient jdbc;
    private final Destinations destinations;
    private final Certificates certificates;

    /**
     * Makes the view.
     *
     * @param jdbc the portal's database
     * @param destinations for destinations and gateways
     * @param certificates for certificates
     */
    public Identities(JdbcClient jdbc, Destinations destinations, Certificates certificates) {
        this.jdbc = jdbc;
        this.destinations = destinations;
        this.certificates = certificates;
    }

    /**
     * Lists identities that are approved, newest first; those that were only asked for, or are retired, are not among them.
     *
     * @param person sees those of own teams, an admin all
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the list
     */
    public Slice<IdentitySummary> list(Person person, Optional<String> cursor, int limit) {
        return list("i.desired_revision is not null", person, cursor, limit);
    }

    /**
     * Lists retired identities, newest first.
     *
     * @param person sees those of own teams, an admin all
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the list
     */
    public Slice<IdentitySummary> retired(Person person, Optional<String> cursor, int limit) {
        return list("i.desired_revision is null and i.retired_revision is not null", person, cursor, limit);
    }

    private Slice<IdentitySummary> list(String which, Person person, Optional<String> cursor, int limit) {
        List<IdentitySummary> rows = jdbc.sql(SUMMARY + " where (:admin or t.slug = any(:teams)) and i.id < :after and "
                        + which + " order by i.id desc limit :limit")
                .param("admin", person.admin())
                .param("teams", person.teams().toArray(String[]::new))
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query((row, _) -> summary(row, List.of()))
                .list();
        Slice<IdentitySummary> slice = Slice.of(rows, limit, IdentitySummary::id);
        Map<Long, List<Condition>> conditions =
                conditions(slice.items().stream().map(IdentitySummary::id).toArray(Long[]::new));
        return new Slice<>(
                slice.items().stream()
                        .map(summary -> withConditions(summary, conditions.getOrDefault(summary.id(), List.of())))
                        .toList(),
                slice.nextCursor());
    }

    /**
     * Shows an identity.
     *
     * @param person who asks
     * @param publicId {@code idn_…}
     * @return all there is to see
     * @throws NotFound if there is none or the person may not see it
     */
    public IdentityDetail find(Person person, String publicId) {
        Row found = jdbc.sql(SUMMARY + " where i.public_id = :id")
                .param("id", publicId)
                .query((row, _) -> {
                    long certificate = row.getLong("certificate_id");
                    Optional<Long> certificateId = row.wasNull() ? Optional.empty() : Optional.of(certificate);
                    return new Row(summary(row, List.of()), certificateId, row.getLong("destination_id"));
                })
                .optional()
                .filter(row -> person.maySee(row.summary().team()))
                .orElseThrow(() -> new NotFound("identity", publicId));
        IdentitySummary summary = found.summary();
        Destinations.Entry entry = destinations.entry(found.destination());
        return new IdentityDetail(
                withConditions(summary, conditions(new Long[] {summary.id()}).getOrDefault(summary.id(), List.of())),
                entry.destination(),
                entry.gateway(),
                found.certificateId().flatMap(certificates::find),
                objects(summary.id()));
    }

    /**
     * What happened to an identity in the cluster, newest first.
     *
     * @param person who asks
     * @param publicId {@code idn_…}
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the list
     * @throws NotFound if there is no such identity or the person may not see it
     */
    public Slice<ResourceEvent> events(Person person, String publicId, Optional<String> cursor, int limit) {
        record Seen(long id, String team) {}
        Seen identity = jdbc.sql("""
                select i.id, t.slug as team from identity i join app a on a.id = i.app_id join team t on t.id = a.team_id
                where i.public_id = :id
                """)
                .param("id", publicId)
                .query((row, _) -> new Seen(row.getLong("id"), row.getString("team")))
                .optional()
                .filter(found -> person.maySee(found.team()))
                .orElseThrow(() -> new NotFound("identity", publicId));
        List<ResourceEvent> rows = jdbc.sql("""
                select id, type, kind, namespace, name, manager, detail, count, first_at, last_at from identity_event
                where identity_id = :identity and id < :after order by id desc limit :limit
                """)
                .param("identity", identity.id())
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

    private Map<Long, List<Condition>> conditions(Long[] identityIds) {
        record Keyed(long identityId, Condition condition) {}
        return jdbc
                .sql("""
                select identity_id, type, status, reason, message, last_transition_at, observed_at from condition
                where identity_id = any(:ids)
                """)
                .param("ids", identityIds)
                .query((row, _) -> new Keyed(
                        row.getLong("identity_id"),
                        new Condition(
                                Condition.Type.of(row.getString("type")),
                                Condition.Status.of(row.getString("status")),
                                row.getString("reason"),
                                row.getString("message"),
                                Rows.instant(row, "last_transition_at"),
                                Rows.instant(row, "observed_at"))))
                .list()
                .stream()
                .sorted(java.util.Comparator.comparing(
                        keyed -> keyed.condition().type()))
                .collect(Collectors.groupingBy(
                        Keyed::identityId, Collectors.mapping(Keyed::condition, Collectors.toList())));
    }

    private List<ObservedObject> objects(long identityId) {
        return jdbc.sql("""
                select api_version, kind, namespace, name, state, uid, resource_version, observed_at, fingerprints->>'chain' as chain,
                    fingerprints->>'publicKey' as public_key, fingerprints->>'caBundle' as ca_bundle
                from observed_object
                where identity_id = :id order by position
                """)
                .param("id", identityId)
                .query((row, _) -> new ObservedObject(
                        row.getString("api_version"),
                        row.getString("kind"),
                        row.getString("namespace"),
                        row.getString("name"),
                        ObservedObject.State.of(row.getString("state")),
                        Optional.ofNullable(row.getString("uid")),
                        Optional.ofNullable(row.getString("resource_version")),
                        Rows.instant(row, "observed_at"),
                        Optional.ofNullable(row.getString("chain")).map(chain -> fingerprints(row, chain))))
                .list();
    }

    private static CertificateFingerprints fingerprints(ResultSet row, String chain) {
        try {
            return new CertificateFingerprints(chain, row.getString("public_key"), row.getString("ca_bundle"));
        } catch (SQLException e) {
            throw new IllegalStateException("a row that was just read cannot be read", e);
        }
    }

    private static IdentitySummary summary(ResultSet row, List<Condition> conditions) throws SQLException {
        return new IdentitySummary(
                row.getLong("id"),
                row.getString("public_id"),
                row.getString("team"),
                row.getString("cluster"),
                row.getString("app_id"),
                row.getString("app"),
                new Principal(
                        row.getString("trust_domain"), row.getString("namespace"), row.getString("service_account")),
                row.getString("destination"),
                row.getString("host"),
                Optional.ofNullable(row.getObject("desired_revision", Integer.class)),
                Optional.ofNullable(row.getObject("applied_revision", Integer.class)),
                Optional.ofNullable(row.getObject("retired_revision", Integer.class)),
                row.getBoolean("retiring"),
                Optional.ofNullable(row.getString("subject")),
                Rows.optionalInstant(row, "not_after"),
                sight(row),
                conditions);
    }

    private static Optional<WatchHealth> sight(ResultSet row) throws SQLException {
        Optional<Instant> seenAt = Rows.optionalInstant(row, "sighted_at");
        return seenAt.isEmpty()
                ? Optional.empty()
                : Optional.of(new WatchHealth(
                        seenAt.get(), Optional.ofNullable(row.getString("blind")), row.getBoolean("sighted_lately")));
    }

    private static IdentitySummary withConditions(IdentitySummary summary, List<Condition> conditions) {
        return new IdentitySummary(
                summary.id(),
                summary.publicId(),
                summary.team(),
                summary.cluster(),
                summary.appId(),
                summary.app(),
                summary.principal(),
                summary.destination(),
                summary.host(),
                summary.desiredRevision(),
                summary.appliedRevision(),
                summary.retiredRevision(),
                summary.retiring(),
                summary.subject(),
                summary.notAfter(),
                summary.sight(),
                conditions);
    }
}
