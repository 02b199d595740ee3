package io.waypass.request;

import io.waypass.access.Person;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.StoredCertificate;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.plan.PlanObject;
import io.waypass.plan.Plans;
import io.waypass.policy.Ruling;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Reads requests for people: team members see those of their teams, platform admins all. */
public final class Requests {

    private static final int MOST_VERSIONS = 200;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Certificates certificates;
    private final ResourceType.Registry types;
    private final RequestRows rows;
    private final Plans plans;
    private final Attempts attempts;

    public Requests(
            JdbcClient jdbc,
            JsonMapper json,
            Certificates certificates,
            ResourceType.Registry types,
            Plans plans,
            Attempts attempts) {
        this.jdbc = jdbc;
        this.json = json;
        this.certificates = certificates;
        this.types = types;
        this.rows = new RequestRows(types);
        this.plans = plans;
        this.attempts = attempts;
    }

    /**
     * Lists requests, newest first.
     *
     * @param limit at most {@link Slice#MAX_LIMIT}
     */
    public Slice<RequestSummary> list(Person person, RequestFilter filter, Optional<String> cursor, int limit) {
        List<RequestSummary> found =
                rows.summaries(matching(person, filter, " and r.id < :after order by r.id desc limit :limit")
                        .param("after", Slice.after(cursor, Long.MAX_VALUE))
                        .param("limit", limit + 1));
        return Slice.of(found, limit, RequestSummary::id);
    }

    /** {@return number of the requests with a status that the person may see} */
    public long count(Person person, RequestStatus status) {
        // for all requests, an index alone has the answer
        return jdbc.sql(person.admin() ? "select count(*) from request where status = :status" : """
                                select count(*) from request r join team t on t.id = r.team_id
                                where t.slug = any(:teams) and r.status = :status
                                """)
                .param("teams", person.teams().toArray(String[]::new))
                .param("status", status.value())
                .query(Long.class)
                .single();
    }

    /** Invalid, failed and recently rejected requests of teams that no newer request about the same identity has replaced. */
    private static final String NEEDS_TEAM = """
             where t.slug = any(:teams) and (r.status in ('invalid', 'failed')
                    or r.status = 'rejected' and r.status_changed_at > now() - interval '14 days')
                and not exists (select 1 from request newer where newer.resource_id = r.resource_id and newer.id > r.id)
            """;

    /**
     * Lists the invalid, failed and recently rejected requests of a person's teams that no newer request has replaced, newest first.
     *
     * @param limit maximum number
     */
    public List<RequestSummary> needingTeam(Person person, int limit) {
        return rows.summaries(jdbc.sql(RequestRows.SELECT + NEEDS_TEAM + " order by r.id desc limit :limit")
                .param("teams", person.teams().toArray(String[]::new))
                .param("limit", limit));
    }

    /** {@return number of requests that {@link #needingTeam} lists without a limit} */
    public long countNeedingTeam(Person person) {
        return jdbc.sql("select count(*) from request r join team t on t.id = r.team_id" + NEEDS_TEAM)
                .param("teams", person.teams().toArray(String[]::new))
                .query(Long.class)
                .single();
    }

    /**
     * Finds a request.
     *
     * @param publicId {@code req_…}
     * @throws NotFound if there is none or the person may not see it
     */
    public RequestDetail find(Person person, String publicId) {
        RequestDetail detail = find(publicId);
        if (!maySee(person, detail.summary())) {
            throw new NotFound("request", publicId);
        }
        return detail;
    }

    /** Finds a request without a check of rights. */
    public RequestDetail find(String publicId) {
        return one(jdbc.sql(RequestRows.SELECT + " where r.public_id = :id").param("id", publicId))
                .orElseThrow(() -> new NotFound("request", publicId));
    }

    /**
     * {@return whether an app has an approved identity at a destination, so that a further certificate is a rotation; false if the person
     * may not see it}
     *
     * @param app {@code app_…}
     * @param destination slug
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
     * Finds the request whose revision of an identity is applied, also if a newer one is open or has failed.
     *
     * @param identity {@code idn_…}
     * @return empty if nothing is applied or the person may not see it
     */
    public Optional<RequestDetail> applied(Person person, String identity) {
        return one(jdbc.sql(RequestRows.SELECT + " where rs.public_id = :identity and r.revision = rs.applied_revision")
                        .param("identity", identity))
                .filter(detail -> maySee(person, detail.summary()));
    }

    /** Members see requests of their teams; only platform admins see those of platform admins. */
    private static boolean maySee(Person person, RequestSummary request) {
        return request.team().map(person::maySee).orElse(person.admin());
    }

    /**
     * Finds the objects that an identity's applied plan keeps in the cluster.
     *
     * @param identity {@code idn_…}
     * @return objects in the order of apply, without those that the plan deleted
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

    /** The identity has no objects in the cluster. */
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
     * Lists the versions of an identity's certificate, newest first, at most 200. A refresh repeats a version and has no row of its own.
     *
     * @param identity {@code idn_…}
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

    /** Filters requests about a destination, or about an identity there. */
    static final String AT_DESTINATION = """
             and exists (select 1 from about_destination o join destination d on d.id = o.destination_id
                where o.resource_id = r.resource_id and d.slug = :destination)
            """;

    private JdbcClient.StatementSpec matching(Person person, RequestFilter filter, String tail) {
        StringBuilder sql = new StringBuilder(RequestRows.SELECT).append(" where (:admin or t.slug = any(:teams))");
        filter.status().ifPresent(_ -> sql.append(" and r.status = :status"));
        filter.team().ifPresent(_ -> sql.append(" and t.slug = :team"));
        filter.kind().ifPresent(_ -> sql.append(" and r.kind = :kind"));
        filter.destination().ifPresent(_ -> sql.append(AT_DESTINATION));
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

    private Optional<RequestDetail> one(JdbcClient.StatementSpec statement) {
        return rows.read(statement).stream().findFirst().map(this::detail);
    }

    private RequestDetail detail(RequestRows.Row row) {
        RequestSummary summary = row.summary();
        return new RequestDetail(
                summary,
                row.reason(),
                row.proposed().revision(),
                types.of(summary.kind()).content(row.proposed()),
                row.planId().map(plans::find),
                new RequestDetail.Approvals(summary.approvals(), summary.approvalsNeeded()),
                rulings(row.rulings()),
                decisions(summary.id()),
                attempts.of(summary.id()));
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
