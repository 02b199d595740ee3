package io.waypass.audit;

import io.waypass.database.Rows;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends to the audit trail, inside the caller's transaction: the fact and its row commit together. Numbering and
 * hash chain are the database's own work.
 */
public final class AuditTrail {

    /**
     * One fact.
     *
     * @param actor subject of the person, or {@code applier:<cluster>}
     * @param action such as {@code request.approved}
     * @param subject public id of what it happened to
     * @param teamId the team it belongs to, if any
     * @param requestId public id of the request, if any
     * @param detail further facts; never key material
     */
    public record Fact(
            String actor,
            String action,
            String subject,
            Optional<Long> teamId,
            Optional<String> requestId,
            Map<String, String> detail) {}

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clock clock;

    /**
     * Makes the trail.
     *
     * @param jdbc the process's database
     * @param json writes details
     * @param clock tells when
     */
    public AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
    }

    /**
     * Appends a fact.
     *
     * @param fact what happened
     */
    public void append(Fact fact) {
        jdbc.sql("""
                insert into audit_event (at, actor, action, subject, team_id, request_id, detail)
                values (:at, :actor, :action, :subject, :team, :request, cast(:detail as jsonb))
                """)
                .param("at", Rows.timestamp(clock.instant()))
                .param("actor", fact.actor())
                .param("action", fact.action())
                .param("subject", fact.subject())
                .param("team", fact.teamId().orElse(null))
                .param("request", fact.requestId().orElse(null))
                .param("detail", json.writeValueAsString(fact.detail()))
                .update();
    }
}
