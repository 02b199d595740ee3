package io.waypass.request;

import io.waypass.app.Principal;
import io.waypass.database.Rows;
import io.waypass.plan.CheckCounts;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/** Rows of requests as lists show them. */
final class RequestRows {

    /** Reads what {@link #summary} needs, and a little more for those who show a request in full; the request is {@code r}. */
    static final String SUMMARY = """
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

    private RequestRows() {}

    static RequestSummary summary(ResultSet row, int number) throws SQLException {
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
        return new IllegalStateException(
                "no request is about a " + kind.resource().value());
    }
}
