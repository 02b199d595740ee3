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
 * Appends to the audit trail, inside the caller's transaction: the fact and its row commit together. Numbering and
 * hash chain are the database's own work.
 */
public final class AuditTrail {

    /**
     * One fact.
     *
     * @param actor subject of the person, {@code applier:<cluster>}, or {@code policy <name>, version <n>}
     * @param action such as {@code request.approved}
     * @param subject public id of what it happened to
     * @param teamId the team it belongs to, if any
     * @param requestId public id of the request, if any
     * @param detail further facts; never key material
     * @param before digest of what was there before, if something was
     * @param after digest of what is there now, if something is
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

        /**
         * A fact that belongs to no team and no request.
         *
         * @param actor who
         * @param action what happened
         * @param subject what it happened to
         * @return the fact
         */
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

        /** {@return the same fact, of a team} @param id key inside the database */
        public Fact ofTeam(long id) {
            return new Fact(actor, action, subject, Optional.of(id), requestId, detail, before, after);
        }

        /** {@return the same fact, about a request} @param request public id */
        public Fact ofRequest(String request) {
            return new Fact(actor, action, subject, teamId, Optional.of(request), detail, before, after);
        }

        /** {@return the same fact with details} @param given further facts; never key material */
        public Fact with(Map<String, String> given) {
            return new Fact(actor, action, subject, teamId, requestId, given, before, after);
        }

        /** {@return the same fact with what it changed} @param was digest before @param is digest after */
        public Fact digests(Optional<String> was, Optional<String> is) {
            return new Fact(actor, action, subject, teamId, requestId, detail, was, is);
        }
    }

    /**
     * Hashes what stands for a thing's content.
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

    /**
     * Makes the trail.
     *
     * @param jdbc the process's database
     * @param json writes details
     * @param clock tells when
     */
    public AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock) {
        this(jdbc, json, clock, Optional::empty);
    }

    /**
     * Makes the trail of a process that is called.
     *
     * @param jdbc the process's database
     * @param json writes details
     * @param clock tells when
     * @param call the id of the call that is being answered, as its caller was told it
     */
    public AuditTrail(JdbcClient jdbc, JsonMapper json, Clock clock, Supplier<Optional<String>> call) {
        this.jdbc = jdbc;
        this.json = json;
        this.clock = clock;
        this.call = call;
    }

    /**
     * Appends a fact.
     *
     * @param fact what happened
     */
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
