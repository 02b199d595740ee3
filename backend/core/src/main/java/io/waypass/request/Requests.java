package io.waypass.request;

import io.waypass.cluster.OrphanRemovals;
import io.waypass.access.Person;
import io.waypass.app.Principal;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.StoredCertificate;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.decision.Decision;
import io.waypass.destination.Destinations;
import io.waypass.identity.CertificateVersion;
import io.waypass.plan.CheckCounts;
import io.waypass.plan.PlanObject;
import io.waypass.plan.Plans;
import io.waypass.policy.Ruling;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Requests as people see them: a team its own, an admin all. */
public final class Requests {

    private static final String SUMMARY = """
            select r.id, r.public_id, r.kind, r.status, r.status_changed_at, r.status_message, r.waiting_reason, t.slug as team,
                c.name as cluster, c.trust_domain, a.public_id as app_id, a.name as app, a.namespace, a.service_account,
                d.slug as destination, d.host, rs.public_id as identity, ce.subject, ce.not_after,
                case when r.revision = rs.applied_revision then null else i.in_use_until end as in_use_until, r.requested_by,
                pr.display_name as requested_by_name, r.requested_at, p.passed, p.warnings, p.failed, p.unknown, p.digest, p.public_id as plan,
                case when r.plan_id is null then 0 else approvals_given(r.plan_id) end as approvals,
                case when r.plan_id is null then coalesce(d.approvals, 1) else approvals_needed(r.plan_id) end as approvals_needed,
                r.reason, r.revision, v.certificate_id, i.destination_id, r.plan_id, ev.results as rulings, r.resource_id,
                (select count(*) from orphan_removal_object o where o.resource_id = r.resource_id and o.revision = r.revision) as orphans
            from request r
            join resource rs on rs.id = r.resource_id
            join cluster c on c.id = rs.cluster_id
            left join identity i on i.id = r.resource_id
            left join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
            left join app a on a.id = i.app_id
            left join team t on t.id = r.team_id
            left join destination d on d.id = i.destination_id
            join person pr on pr.subject = r.requested_by
            left join certificate ce on ce.id = v.certificate_id
            left join plan p on p.id = r.plan_id
            left join policy_evaluation ev on ev.plan_id = r.plan_id
            """;

    private static final int MOST_VERSIONS = 200;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Destinations destinations;
    private final Certificates certificates;
    private final OrphanRemovals removals;
    private final Plans plans;
    private final Attempts attempts;

    /**
     * Makes the view.
     *
     * @param jdbc the portal's database
     * @param json reads checks
     * @param destinations for destinations and gateways
     * @param certificates for certificates
     */
    public Requests(
            JdbcClient jdbc,
            JsonMapper json,
            Destinations destinations,
            Certificates certificates,
            OrphanRemovals removals,
            Plans plans,
            Attempts attempts) {
        this.jdbc = jdbc;
        this.json = json;
        this.destinations = destinations;
        this.certificates = certificates;
        this.removals = removals;
        this.plans = plans;
        this.attempts = attempts;
    }

    /**
     * Lists requests, newest first.
     *
     * @param person sees those of own teams, an admin all
     * @param filter which are meant
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the list
     */
    public Slice<RequestSummary> list(Person person, RequestFilter filter, Optional<String> cursor, int limit) {
        List<RequestSummary> rows = matching(person, filter, " and r.id < :after order by r.id desc limit :limit")
                .param("after", Slice.after(cursor, Long.MAX_VALUE))
                .param("limit", limit + 1)
                .query(this::summary)
                .list();
        return Slice.of(rows, limit, RequestSummary::id);
    }

    /** What each narrowing needs beside the request itself, so that nothing is joined for rows that are passed over. */
    private enum Narrowing {
        TEAM(" and r.team_id = (select id from team where slug = :team)"),
        DESTINATION(
                " and exists (select 1 from identity i join destination d on d.id = i.destination_id where i.id = r.resource_id and d.slug = :destination)"),
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
                 and (exists (select 1 from identity i join app a on a.id = i.app_id join destination d on d.id = i.destination_id
                        where i.id = r.resource_id and (strpos(lower(a.name), :text) > 0 or strpos(lower(d.host), :text) > 0))
                    or (select strpos(lower(ce.subject), :text) from identity_revision v join certificate ce on ce.id = v.certificate_id
                        where v.resource_id = r.resource_id and v.revision = r.revision) > 0)
                """);

        private final String sql;

        Narrowing(String sql) {
            this.sql = sql;
        }
    }

    /**
     * The requests that wait for a decision, oldest first.
     *
     * @param filter which are meant
     * @param cursor where to go on
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @return a part of the queue; for platform admins alone
     */
    public Slice<RequestSummary> queue(QueueFilter filter, Optional<String> cursor, int limit) {
        StringBuilder narrowed = new StringBuilder();
        filter.team().ifPresent(_ -> narrowed.append(Narrowing.TEAM.sql));
        filter.destination().ifPresent(_ -> narrowed.append(Narrowing.DESTINATION.sql));
        filter.kind().ifPresent(_ -> narrowed.append(Narrowing.KIND.sql));
        filter.attention().ifPresent(attention -> narrowed.append(Narrowing.valueOf(attention.name()).sql));
        filter.text().ifPresent(_ -> narrowed.append(Narrowing.TEXT.sql));
        // two statements: PostgreSQL does not know how few the first will find, and would join every row that waits
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
        List<RequestSummary> rows = jdbc.sql(
                        SUMMARY + " where r.id = any(:found) and r.status = 'pending' order by r.id")
                .param("found", part.items().toArray(Long[]::new))
                .query(this::summary)
                .list();
        return new Slice<>(rows, part.nextCursor());
    }

    /** {@return how many requests wait for a decision; and what is about them, if they are few enough to be looked at one by one} */
    public QueueCounts queueCounts() {
        long all = jdbc.sql("select count(*) from request where status = 'pending'")
                .query(Long.class)
                .single();
        if (all > QueueCounts.MOST_LOOKED_AT) {
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
     * The request that waits longest after another one, to go through the queue one by one.
     *
     * @param after {@code req_…}, which need not wait any more
     * @return the next one's id; the first one's after the last; empty if nothing else waits
     */
    public Optional<String> nextInQueue(String after) {
        return jdbc.sql("""
                select public_id from request where status = 'pending' and public_id <> :after
                order by id <= coalesce((select id from request where public_id = :after), 0), id limit 1
                """).param("after", after).query(String.class).optional();
    }

    /** {@return slugs of teams, and of destinations, for which requests wait, in order} */
    public QueueChoices queueChoices() {
        return new QueueChoices(
                jdbc.sql("""
                        select slug from team where exists (select 1 from request r where r.team_id = team.id and r.status = 'pending')
                        order by slug
                        """).query(String.class).list(),
                jdbc.sql("""
                        select slug from destination d where exists (select 1 from identity i join request r on r.resource_id = i.id
                            where i.destination_id = d.id and r.status = 'pending') order by slug
                        """).query(String.class).list());
    }

    /**
     * What the queue can be narrowed to.
     *
     * @param teams slugs
     * @param destinations slugs
     */
    public record QueueChoices(List<String> teams, List<String> destinations) {}

    /**
     * How many requests have a status.
     *
     * @param person counts those of own teams, an admin all
     * @param status which
     * @return their number
     */
    public long count(Person person, RequestStatus status) {
        // an admin counts all, which an index alone can answer
        return jdbc.sql(person.admin() ? "select count(*) from request where status = :status" : """
                                select count(*) from request r join team t on t.id = r.team_id
                                where t.slug = any(:teams) and r.status = :status
                                """)
                .param("teams", person.teams().toArray(String[]::new))
                .param("status", status.value())
                .query(Long.class)
                .single();
    }

    /** An invalid or failed request of a team, or one that was rejected lately, unless a newer one for the same identity has taken its place. */
    private static final String NEEDS_TEAM = """
             where t.slug = any(:teams) and (r.status in ('invalid', 'failed')
                    or r.status = 'rejected' and r.status_changed_at > now() - interval '14 days')
                and not exists (select 1 from request newer where newer.resource_id = r.resource_id and newer.id > r.id)
            """;

    /**
     * The requests that a person's own teams have to do something about, newest first.
     *
     * @param person whose teams
     * @param limit how many at most
     * @return invalid, failed and lately rejected requests that no newer one has replaced
     */
    public List<RequestSummary> needingTeam(Person person, int limit) {
        return jdbc.sql(SUMMARY + NEEDS_TEAM + " order by r.id desc limit :limit")
                .param("teams", person.teams().toArray(String[]::new))
                .param("limit", limit)
                .query(this::summary)
                .list();
    }

    /**
     * How many requests a person's own teams have to do something about.
     *
     * @param person whose teams
     * @return their number
     */
    public long countNeedingTeam(Person person) {
        return jdbc.sql("select count(*) from request r join team t on t.id = r.team_id" + NEEDS_TEAM)
                .param("teams", person.teams().toArray(String[]::new))
                .query(Long.class)
                .single();
    }

    /**
     * Shows a request.
     *
     * @param person who asks
     * @param publicId {@code req_…}
     * @return all there is to see
     * @throws NotFound if there is none or the person may not see it
     */
    public RequestDetail find(Person person, String publicId) {
        RequestDetail detail = find(publicId);
        if (!maySee(person, detail.summary())) {
            throw new NotFound("request", publicId);
        }
        return detail;
    }

    /** A request, whoever asks. */
    public RequestDetail find(String publicId) {
        return jdbc.sql(SUMMARY + " where r.public_id = :id")
                .param("id", publicId)
                .query(this::head)
                .optional()
                .map(this::detail)
                .orElseThrow(() -> new NotFound("request", publicId));
    }

    /**
     * Whether an app was given an identity at a destination already, so that a further certificate is a rotation.
     *
     * @param person sees those of own teams, an admin all
     * @param app {@code app_…}
     * @param destination slug
     * @return true if one was approved
     */
    public boolean hasIdentity(Person person, String app, String destination) {
        return jdbc.sql("""
                select exists (select 1 from identity i join resource r on r.id = i.id join app a on a.id = i.app_id
                    join team t on t.id = a.team_id join destination d on d.id = i.destination_id
                    where a.public_id = :app and d.slug = :destination and r.desired_revision is not null
                        and (:admin or t.slug = any(:teams)))
                """)
                .param("app", app)
                .param("destination", destination)
                .param("admin", person.admin())
                .param("teams", person.teams().toArray(String[]::new))
                .query(Boolean.class)
                .single();
    }

    /**
     * Finds the request whose revision of an identity is applied, also where a newer one is on its way or has failed.
     *
     * @param person who asks
     * @param identity {@code idn_…}
     * @return the request, empty while nothing is applied or if the person may not see it
     */
    public Optional<RequestDetail> applied(Person person, String identity) {
        return jdbc.sql(SUMMARY + " where rs.public_id = :identity and r.revision = rs.applied_revision")
                .param("identity", identity)
                .query(this::head)
                .optional()
                .map(this::detail)
                .filter(detail -> maySee(person, detail.summary()));
    }

    /** Members see what their teams ask for; what the platform's admins ask for, they alone see. */
    private static boolean maySee(Person person, RequestSummary request) {
        return request.team().map(person::maySee).orElse(person.admin());
    }

    /**
     * What is kept in the cluster for an identity, as its applied plan has it.
     *
     * @param person who asks
     * @param identity {@code idn_…}
     * @return the plan's objects, in the order of apply, without what it deleted
     * @throws io.waypass.refusal.Refusal if there is no such identity, the person may not see it, or nothing of it is applied
     */
    public List<PlanObject> kept(Person person, String identity) {
        return applied(person, identity)
                .flatMap(RequestDetail::plan)
                .map(plan -> plan.objects().stream()
                        .filter(object -> object.action() != PlanObject.Action.DELETE)
                        .toList())
                .orElseThrow(() -> nothingKept(person, identity));
    }

    private Refusal nothingKept(Person person, String identity) {
        record Known(String team, boolean retired) {}
        return jdbc.sql("""
                select t.slug as team, r.desired_revision is null and r.retired_revision is not null as retired
                from resource r join team t on t.id = r.team_id where r.kind = 'identity' and r.public_id = :identity
                """)
                .param("identity", identity)
                .query((row, _) -> new Known(row.getString("team"), row.getBoolean("retired")))
                .optional()
                .filter(known -> person.maySee(known.team()))
                .<Refusal>map(known -> new NothingKept(known.retired()))
                .orElseGet(() -> new NotFound("identity", identity));
    }

    /** Nothing of the identity is in the cluster, so there is nothing to show. */
    private static final class NothingKept extends Refusal {
        NothingKept(boolean retired) {
            super(
                    Kind.NOT_FOUND,
                    retired ? "identity.retired" : "identity.not-applied",
                    retired ? "The identity is retired" : "Nothing is applied yet",
                    retired
                            ? "Its objects were deleted from the cluster. What they were stands in the plans of its requests."
                            : "No request for this identity was applied yet, so nothing of it is kept in the cluster.");
        }
    }

    /**
     * Shows the versions of an identity's certificate.
     *
     * @param person who asks
     * @param identity {@code idn_…}
     * @return newest first, the newest 200, each with the request that brought it; a refresh repeats one and is no row of its own
     * @throws NotFound if there is no such identity or the person may not see it
     */
    public List<CertificateVersion> certificateVersions(Person person, String identity) {
        record Bearer(
                long certificateId,
                String request,
                RequestStatus status,
                boolean desired,
                boolean applied,
                String team) {}
        List<Bearer> bearers = jdbc.sql("""
                select v.certificate_id, (array_agg(r.public_id order by r.id))[1] as public_id,
                    (array_agg(r.status order by r.id))[1] as status,
                    bool_or(r.revision is not distinct from rs.desired_revision) as desired,
                    bool_or(r.revision is not distinct from rs.applied_revision) as applied, t.slug as team
                from request r join resource rs on rs.id = r.resource_id join team t on t.id = rs.team_id
                join identity_revision v on v.resource_id = r.resource_id and v.revision = r.revision
                where rs.public_id = :identity and v.certificate_id is not null
                group by v.certificate_id, t.slug order by v.certificate_id desc limit :limit
                """)
                .param("identity", identity)
                .param("limit", MOST_VERSIONS)
                .query((row, _) -> new Bearer(
                        row.getLong("certificate_id"),
                        row.getString("public_id"),
                        RequestStatus.of(row.getString("status")),
                        row.getBoolean("desired"),
                        row.getBoolean("applied"),
                        row.getString("team")))
                .list();
        if (bearers.isEmpty() || !person.maySee(bearers.getFirst().team())) {
            throw new NotFound("identity", identity);
        }
        Map<Long, StoredCertificate> found =
                certificates.find(bearers.stream().map(Bearer::certificateId).toList()).stream()
                        .collect(Collectors.toMap(StoredCertificate::id, Function.identity()));
        return bearers.stream()
                .map(bearer -> new CertificateVersion(
                        found.get(bearer.certificateId()),
                        bearer.request(),
                        bearer.status(),
                        bearer.desired(),
                        bearer.applied()))
                .toList();
    }

    private JdbcClient.StatementSpec matching(Person person, RequestFilter filter, String tail) {
        StringBuilder sql = new StringBuilder(SUMMARY).append(" where (:admin or t.slug = any(:teams))");
        filter.status().ifPresent(_ -> sql.append(" and r.status = :status"));
        filter.team().ifPresent(_ -> sql.append(" and t.slug = :team"));
        filter.kind().ifPresent(_ -> sql.append(" and r.kind = :kind"));
        filter.destination().ifPresent(_ -> sql.append(" and d.slug = :destination"));
        filter.identity().ifPresent(_ -> sql.append(" and rs.public_id = :identity"));
        return jdbc.sql(sql.append(tail).toString())
                .param("admin", person.admin())
                .param("teams", person.teams().toArray(String[]::new))
                .param("status", filter.status().map(RequestStatus::value).orElse(null))
                .param("team", filter.team().orElse(null))
                .param("kind", filter.kind().map(RequestKind::value).orElse(null))
                .param("destination", filter.destination().orElse(null))
                .param("identity", filter.identity().orElse(null));
    }

    private RequestSummary summary(ResultSet row, int number) throws SQLException {
        RequestKind kind = RequestKind.of(row.getString("kind"));
        return new RequestSummary(
                row.getLong("id"),
                row.getString("public_id"),
                kind,
                new RequestSummary.Standing(
                        RequestStatus.of(row.getString("status")),
                        Rows.instant(row, "status_changed_at"),
                        Optional.ofNullable(row.getString("status_message")),
                        Optional.ofNullable(row.getString("waiting_reason"))),
                Optional.ofNullable(row.getString("team")),
                row.getString("cluster"),
                switch (kind.resource()) {
                    case IDENTITY -> identity(row);
                    case CLUSTER -> new RequestSubject.OfOrphans(row.getInt("orphans"));
                    case DESTINATION, GATEWAY -> throw noRequestIsAbout(kind);
                },
                new RequestSummary.Asked(
                        row.getString("requested_by"),
                        row.getString("requested_by_name"),
                        Rows.instant(row, "requested_at")),
                Optional.ofNullable(row.getString("digest")).map(digest -> present(row, digest)),
                row.getInt("approvals"),
                row.getInt("approvals_needed"));
    }

    private static RequestSubject identity(ResultSet row) throws SQLException {
        return new RequestSubject.OfIdentity(
                row.getString("identity"),
                row.getString("app_id"),
                row.getString("app"),
                new Principal(
                        row.getString("trust_domain"), row.getString("namespace"), row.getString("service_account")),
                row.getString("destination"),
                row.getString("host"),
                Optional.ofNullable(row.getString("subject")),
                Rows.optionalInstant(row, "not_after"),
                Rows.optionalInstant(row, "in_use_until"));
    }

    private static RequestSummary.PresentPlan present(ResultSet row, String digest) {
        try {
            return new RequestSummary.PresentPlan(
                    row.getString("plan"),
                    digest,
                    new CheckCounts(
                            row.getInt("passed"), row.getInt("warnings"), row.getInt("failed"), row.getInt("unknown")));
        } catch (SQLException e) {
            throw new IllegalStateException("a row that was just read cannot be read", e);
        }
    }

    private static IllegalStateException noRequestIsAbout(RequestKind kind) {
        return new IllegalStateException("no request is about a " + kind.resource().value());
    }

    /** What one row says; the rest is asked for when its connection is free again. */
    private record Head(
            RequestSummary summary,
            String reason,
            long resource,
            int revision,
            Optional<Long> certificate,
            long destination,
            Optional<Long> plan,
            List<Ruling.Result> rulings) {}

    private Head head(ResultSet row, int number) throws SQLException {
        return new Head(
                summary(row, number),
                row.getString("reason"),
                row.getLong("resource_id"),
                row.getInt("revision"),
                Optional.ofNullable(row.getObject("certificate_id", Long.class)),
                row.getLong("destination_id"),
                Optional.ofNullable(row.getObject("plan_id", Long.class)),
                rulings(row.getString("rulings")));
    }

    private RequestDetail detail(Head head) {
        RequestSummary summary = head.summary();
        return new RequestDetail(
                summary,
                head.reason(),
                head.revision(),
                switch (summary.subject()) {
                    case RequestSubject.OfIdentity _ -> identity(head);
                    case RequestSubject.OfOrphans _ ->
                        new RequestContent.OfOrphans(removals.objects(head.resource(), head.revision()));
                },
                head.plan().map(plans::find),
                new RequestDetail.Approvals(summary.approvals(), summary.approvalsNeeded()),
                head.rulings(),
                decisions(summary.id()),
                attempts.of(summary.id()));
    }

    private RequestContent identity(Head head) {
        Destinations.Entry entry = destinations.entry(head.destination());
        return new RequestContent.OfIdentity(
                entry.destination(),
                entry.gateway(),
                head.certificate().flatMap(certificates::find),
                head.summary().kind() == RequestKind.CREATE_IDENTITY
                        ? Optional.empty()
                        : certificates.presentedUntil(head.summary().id()));
    }

    private List<Decision> decisions(long requestId) {
        return jdbc.sql("""
                select d.verdict, pl.public_id as plan, d.plan_digest, d.decided_by, p.display_name, po.name as policy, v.version,
                    d.reason, d.decided_at, r.plan_id = d.plan_id as present
                from decision d join request r on r.id = d.request_id join plan pl on pl.id = d.plan_id
                left join person p on p.subject = d.decided_by
                left join policy_version v on v.id = d.policy_version_id left join policy po on po.id = v.policy_id
                where d.request_id = :id order by d.id desc
                """)
                .param("id", requestId)
                .query((row, _) -> new Decision(
                        row.getString("verdict").equals("approved"),
                        row.getString("plan"),
                        row.getString("plan_digest"),
                        author(row),
                        row.getString("reason"),
                        Rows.instant(row, "decided_at"),
                        row.getBoolean("present")))
                .list();
    }

    private static Decision.Author author(ResultSet row) throws SQLException {
        Optional<String> policy = Optional.ofNullable(row.getString("policy"));
        int version = row.getInt("version");
        return new Decision.Author(
                Optional.ofNullable(row.getString("decided_by")),
                policy,
                version,
                policy.isPresent() ? "policy " + policy.get() + ", version " + version : row.getString("display_name"));
    }

    private List<Ruling.Result> rulings(@Nullable String text) {
        return text == null ? List.of() : json.readValue(text, new TypeReference<List<Ruling.Result>>() {});
    }
}
