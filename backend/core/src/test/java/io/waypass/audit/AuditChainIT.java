package io.waypass.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who owns the database can change rows; the chain tells. */
class AuditChainIT {

    private JdbcClient owner;
    private AuditChain chain;

    @BeforeEach
    void write() {
        TestDatabase database = PostgresServer.freshDatabase();
        owner = JdbcClient.create(database.owner());
        JdbcClient portal = JdbcClient.create(database.portal());
        chain = new AuditChain(portal);
        AuditTrail called = new AuditTrail(portal, JsonMapper.shared(), Clock.systemUTC(), () -> Optional.of("call_1"));
        AuditTrail applier =
                new AuditTrail(JdbcClient.create(database.applier()), JsonMapper.shared(), Clock.systemUTC());
        for (int i = 1; i <= 4; i++) {
            called.append(AuditTrail.Fact.of("admin", "destination.changed", "nginx")
                    .with(Map.of("reason", "because of “" + i + "”"))
                    .digests(Optional.of(AuditTrail.digest("a", i)), Optional.of(AuditTrail.digest("b", i))));
            applier.append(AuditTrail.Fact.of("applier:sandbox", "sealed-keys.resealed", "sandbox"));
        }
    }

    @Test
    void aTrailThatNobodyTouchedIsWholeAndItsEndCanBeNotedDown() {
        AuditChain.Result result = chain.verify(Optional.empty());

        assertThat(result.broken()).isEmpty();
        assertThat(result.rows()).isEqualTo(8);
        AuditChain.Mark end = result.last().orElseThrow();
        assertThat(AuditChain.Mark.of(end.toString())).isEqualTo(end);
        assertThat(chain.verify(Optional.of(end)).broken()).isEmpty();
        assertThat(owner.sql("select count(*) from audit_event where hash = audit_event_hash(audit_event)")
                        .query(Long.class)
                        .single())
                .as("the database's own function says the same")
                .isEqualTo(8);
    }

    @Test
    void anEmptyTrailIsWhole() {
        tamper("delete from audit_event");

        assertThat(chain.verify(Optional.empty()).broken()).isEmpty();
        assertThat(chain.verify(Optional.empty()).last()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "update audit_event set actor = 'nobody' where id = 3                                    | 3 | Its content",
                "update audit_event set at = at + interval '1 microsecond' where id = 3                  | 3 | Its content",
                "update audit_event set detail = '{}' where id = 5                                       | 5 | Its content",
                "update audit_event set before_digest = null where id = 5                                | 5 | Its content",
                "update audit_event set before_digest = after_digest, after_digest = before_digest where id = 7 | 7 | Its content",
                "update audit_event set call_id = 'other' where id = 1                                   | 1 | Its content",
                "update audit_event set team_id = null, request_id = 'req_1' where id = 8                | 8 | Its content",
                "delete from audit_event where id = 4                                                    | 4 | It is missing",
                "delete from audit_event where id = 1                                                    | 1 | It is missing",
                "update audit_event set actor = 'x', hash = audit_event_hash(row(id, at, 'x', action, subject, team_id, request_id, detail, prev_hash, hash, before_digest, after_digest, call_id)::audit_event) where id = 2 | 3 | It does not follow"
            })
    void theFirstBrokenRowIsNamed(String sql, long id, String words) {
        tamper(sql);

        AuditChain.Break broken = chain.verify(Optional.empty()).broken().orElseThrow();

        assertThat(broken.id()).isEqualTo(id);
        assertThat(broken.what()).startsWith(words).contains("It says: ");
    }

    @Test
    void whatWasCutOffOrWrittenAnewIsSeenByWhoNotedDownTheEnd() {
        AuditChain.Mark end = chain.verify(Optional.empty()).last().orElseThrow();
        tamper("delete from audit_event where id > 6");

        assertThat(chain.verify(Optional.empty()).broken())
                .as("what is left is whole")
                .isEmpty();
        assertThat(chain.verify(Optional.of(end)).broken().orElseThrow().id()).isEqualTo(7);

        owner.sql("insert into audit_event (at, actor, action, subject, detail) values (now(), 'x', 'y', 'z', '{}')")
                .update();
        owner.sql("insert into audit_event (at, actor, action, subject, detail) values (now(), 'x', 'y', 'z', '{}')")
                .update();
        AuditChain.Break anew = chain.verify(Optional.of(end)).broken().orElseThrow();
        assertThat(anew.id()).isEqualTo(8);
        assertThat(anew.what()).contains("written anew");
    }

    @Test
    void aMarkThatIsNoneIsRefused() {
        assertThatThrownBy(() -> AuditChain.Mark.of("12")).hasMessageContaining("no mark of a row");
    }

    /** What the owner of a database can do, and nobody else: switch the triggers off for a moment. */
    private void tamper(String sql) {
        owner.sql("alter table audit_event disable trigger all").update();
        owner.sql(sql).update();
        owner.sql("alter table audit_event enable trigger all").update();
    }
}
