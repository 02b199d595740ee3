package io.waypass.request;

import io.waypass.database.Rows;
import io.waypass.plan.CheckCounts;
import io.waypass.request.ResourceType.Proposed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads requests: what all kinds have by one statement, their subjects by their {@link ResourceType}. */
final class RequestRows {

    private static final Logger LOG = LoggerFactory.getLogger(RequestRows.class);

    /** Selects what every request has; aliases are {@code r} for the request, {@code rs} for its resource and {@code t} for its team. */
    static final String SELECT = """
            select r.id, r.public_id, r.kind, r.status, r.status_changed_at, r.status_message, r.waiting_reason, t.slug as team,
                c.name as cluster, r.requested_by, pr.display_name as requested_by_name, r.requested_at, p.passed, p.warnings, p.failed,
                p.unknown, p.digest, p.public_id as plan, case when r.plan_id is null then 0 else approvals_given(r.plan_id) end as approvals,
                case when r.plan_id is null then approvals_of(r.resource_id) else approvals_needed(r.plan_id) end as approvals_needed,
                r.reason, r.revision, r.plan_id, ev.results as rulings, r.resource_id
            from request r
            join resource rs on rs.id = r.resource_id
            join cluster c on c.id = rs.cluster_id
            left join team t on t.id = r.team_id
            join person pr on pr.subject = r.requested_by
            left join plan p on p.id = r.plan_id
            left join policy_evaluation ev on ev.plan_id = r.plan_id
            """;

    /**
     * A request.
     *
     * @param planId key of its present plan
     * @param rulings JSON; null until policies are evaluated
     */
    record Row(
            RequestSummary summary,
            Proposed proposed,
            String reason,
            Optional<Long> planId,
            @Nullable String rulings) {}

    /** A row without its subject. */
    private record Undescribed(
            RequestSummary.Standing standing,
            String publicId,
            Optional<String> team,
            String cluster,
            RequestSummary.Asked asked,
            Optional<RequestSummary.PresentPlan> plan,
            int approvals,
            int approvalsNeeded,
            Proposed proposed,
            String reason,
            Optional<Long> planId,
            @Nullable String rulings) {

        Row about(RequestSubject subject) {
            return new Row(
                    new RequestSummary(
                            proposed.requestId(),
                            publicId,
                            proposed.kind(),
                            standing,
                            team,
                            cluster,
                            subject,
                            asked,
                            plan,
                            approvals,
                            approvalsNeeded),
                    proposed,
                    reason,
                    planId,
                    rulings);
        }
    }

    private final ResourceType.Registry types;

    RequestRows(ResourceType.Registry types) {
        this.types = types;
    }

    /** {@return the rows of a statement that begins with {@link #SELECT}} */
    List<Row> read(JdbcClient.StatementSpec statement) {
        List<Undescribed> rows = statement.query(RequestRows::undescribed).list();
        Map<Long, RequestSubject> subjects = new HashMap<>();
        rows.stream()
                .map(Undescribed::proposed)
                .collect(Collectors.groupingBy(request -> types.of(request.kind())))
                .forEach((type, proposed) -> subjects.putAll(type.subjects(proposed)));
        return rows.stream()
                .filter(row -> isDescribed(row, subjects))
                .map(row -> row.about(subjects.get(row.proposed().requestId())))
                .toList();
    }

    /** Leaves out a request without the row of its revision, so that lists show the others. */
    private static boolean isDescribed(Undescribed row, Map<Long, RequestSubject> subjects) {
        boolean described = subjects.containsKey(row.proposed().requestId());
        if (!described) {
            LOG.error("{}: its revision is not in the database, so it is left out of lists", row.publicId());
        }
        return described;
    }

    /** {@return the summaries of a statement that begins with {@link #SELECT}} */
    List<RequestSummary> summaries(JdbcClient.StatementSpec statement) {
        return read(statement).stream().map(Row::summary).toList();
    }

    private static Undescribed undescribed(ResultSet row, int number) throws SQLException {
        String digest = row.getString("digest");
        return new Undescribed(
                new RequestSummary.Standing(
                        RequestStatus.of(row.getString("status")),
                        Rows.instant(row, "status_changed_at"),
                        Optional.ofNullable(row.getString("status_message")),
                        Optional.ofNullable(row.getString("waiting_reason"))),
                row.getString("public_id"),
                Optional.ofNullable(row.getString("team")),
                row.getString("cluster"),
                new RequestSummary.Asked(
                        row.getString("requested_by"),
                        row.getString("requested_by_name"),
                        Rows.instant(row, "requested_at")),
                digest == null ? Optional.empty() : Optional.of(plan(row, digest)),
                row.getInt("approvals"),
                row.getInt("approvals_needed"),
                new Proposed(
                        row.getLong("id"),
                        RequestKind.of(row.getString("kind")),
                        row.getLong("resource_id"),
                        row.getInt("revision")),
                row.getString("reason"),
                Optional.ofNullable(row.getObject("plan_id", Long.class)),
                row.getString("rulings"));
    }

    private static RequestSummary.PresentPlan plan(ResultSet row, String digest) throws SQLException {
        return new RequestSummary.PresentPlan(
                row.getString("plan"),
                digest,
                new CheckCounts(
                        row.getInt("passed"), row.getInt("warnings"), row.getInt("failed"), row.getInt("unknown")));
    }
}
