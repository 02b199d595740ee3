package io.waypass.audit;

import io.waypass.database.Rows;
import io.waypass.fingerprint.Fingerprints;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/**
 * Appends to the audit trail, inside the caller's transaction: the change and its row commit together. The database
 * does the numbering and the hash chain.
 */
public final class AuditTrail {

    /**
     * One audited fact.
     *
     * @param actor subject of the person, {@code applier:<cluster>}, or {@code policy <name>, version <n>}
     * @param action such as {@code request.approved}
     * @param subject public id of the thing that the action concerns
     * @param teamId the team it belongs to, if any
     * @param requestId public id of the request, if any
     * @param detail further facts; never key material
     * @param before digest of the content before, if there was any
     * @param after digest of the content afterwards, if there is any
     */
    public record Fact(
            String actor,
            String action,
            String subject,
            Optional<Long> teamId,
            Optional<String> requestId,
            Map<String, String> detail,
            Optional<String> before,
            Optional<String> after) {

        /** {@return a fact that belongs to no team and no request} */
        public static Fact of(String actor, String action, String subject) {
            return new Fact(
                    actor,
                    action,
                    subject,
                    Optional.empty(),
                    Optional.empty(),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty());
        }

        /** {@return a copy that belongs to a team} @param id key inside the database */
        public Fact ofTeam(long id) {
            return new Fact(actor, action, subject, Optional.of(id), requestId, detail, before, after);
        }

        /** {@return a copy about a request} @param request public id */
        public Fact ofRequest(String request) {
            return new Fact(actor, action, subject, teamId, Optional.of(request), detail, before, after);
        }

        /** {@return a copy with details} @param given further facts; never key material */
        public Fact with(Map<String, String> given) {
            return new Fact(actor, action, subject, teamId, requestId, given, before, after);
        }

        /** {@return a copy with the digests before and after the change} */
        public Fact digests(Optional<String> was, Optional<String> is) {
            return new Fact(actor, action, subject, teamId, requestId, detail, was, is);
        }
    }

    /**
     * Hashes the parts that represent a thing's content.
     *
     * @param parts in a fixed order
     * @return {@code sha256:} and 64 hex digits
     */
    public static String digest(Object... parts) {
        return Fingerprints.sha256(JsonMapper.shared().writeValueAsString(Arrays.asList(parts)));
    }

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Clock clock;
    private final Supplier<Optional<String>> call;

    /** Creates the trail of a process that serves no calls. */
    public AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this(jdbc, json, clock, Optional::empty);
    }

    /**
     * Creates the trail of a process that serves calls.
     *
     * @param call id of the current call, which its caller also gets
     */
    public AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock, Supplier<Optional<String>> call) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
        this.call = call;
    }

    public void append(Fact fact) {
        jdbc.sql("""
                insert into audit_event (at, actor, action, subject, team_id, request_id, detail, before_digest, after_digest, call_id)
                values (:at, :actor, :action, :subject, :team, :request, cast(:detail as jsonb), :before, :after, :call)
                """)
                .param("at", Rows.timestamp(clock.instant()))
                .param("actor", fact.actor())
                .param("action", fact.action())
                .param("subject", fact.subject())
                .param("team", fact.teamId().orElse(null))
                .param("request", fact.requestId().orElse(null))
                .param("detail", json.writeValueAsString(fact.detail()))
                .param("before", fact.before().orElse(null))
                .param("after", fact.after().orElse(null))
                .param("call", call.get().orElse(null))
                .update();
    }
}
