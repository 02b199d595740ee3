package io.waypass.portal;

import static org.assertj.core.api.Assertions.assertThat;

import io.waypass.audit.AuditTrail;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

class AuditCommandsIT {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void saysThatTheTrailIsWholeAndMarksItsEnd() {
        TestDatabase database = filled();

        assertThat(run(settings(database), "verify-audit-trail")).isZero();

        assertThat(text(out))
                .contains("The audit trail is whole: 2 rows.")
                .containsPattern("next call: 2:[0-9a-f]{64}");
        String mark = text(out).replaceAll("(?s).*next call: (\\S+).*", "$1");
        assertThat(run(settings(database), "verify-audit-trail", mark)).isZero();
    }

    @Test
    void namesTheFirstBrokenRowAndEndsWithOne() {
        TestDatabase database = filled();
        JdbcClient owner = JdbcClient.create(database.owner());
        owner.sql("alter table audit_event disable trigger all").update();
        owner.sql("update audit_event set actor = 'nobody' where id = 2").update();

        assertThat(run(settings(database), "verify-audit-trail")).isEqualTo(1);

        assertThat(text(err)).contains("Row 2 is the first that is broken").contains("Whole up to 1:");
    }

    @Test
    void whoCallsItWronglyIsToldHow() {
        assertThat(run(Map.of(), "verify-audit-trail")).isEqualTo(2);
        assertThat(run(Map.of("WAYPASS_DATABASE_URL", "jdbc:postgresql://x/y"), "something"))
                .isEqualTo(2);
        assertThat(text(err)).contains("Usage:").contains("WAYPASS_DATABASE_URL");
        assertThat(run(Map.of("WAYPASS_DATABASE_URL", "jdbc:postgresql://x/y"), "verify-audit-trail", "12"))
                .isEqualTo(2);
        assertThat(text(err)).contains("no mark of a row");
    }

    @Test
    void aDatabaseThatIsAwayIsNoBrokenTrail() {
        assertThat(run(
                        Map.of("WAYPASS_DATABASE_URL", "jdbc:postgresql://127.0.0.1:1/waypass?connectTimeout=2"),
                        "verify-audit-trail"))
                .isEqualTo(3);
        assertThat(text(err)).contains("could not be read");
    }

    private static TestDatabase filled() {
        TestDatabase database = PostgresServer.freshDatabase();
        AuditTrail trail = new AuditTrail(JdbcClient.create(database.portal()), JsonMapper.shared(), Clock.systemUTC());
        trail.append(AuditTrail.Fact.of("admin", "test", "one"));
        trail.append(AuditTrail.Fact.of("admin", "test", "two"));
        return database;
    }

    private static Map<String, String> settings(TestDatabase database) {
        Map<String, String> settings = new HashMap<>();
        settings.put("WAYPASS_DATABASE_URL", database.url());
        settings.put("WAYPASS_DATABASE_PASSWORD", PostgresServer.PORTAL_PASSWORD);
        return settings;
    }

    private int run(Map<String, String> environment, String... args) {
        return new AuditCommands(
                        environment,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
