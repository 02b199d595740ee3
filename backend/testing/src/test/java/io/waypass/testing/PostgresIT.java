package io.waypass.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.testing.PostgresServer.TestDatabase;
import io.waypass.testing.junit.FullOnly;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresIT {

    private static final String UNOBTAINABLE_IMAGE = "localhost:1/postgres:none";

    @Test
    void givesEachTestAMigratedDatabaseOfItsOwn() throws SQLException {
        TestDatabase one = PostgresServer.freshDatabase();
        TestDatabase other = PostgresServer.freshDatabase();
        execute(one.owner(), "create table kept (number int)");

        assertThat(ask(one.owner(), "select to_regclass('kept')::text")).isEqualTo("kept");
        assertThat(ask(other.owner(), "select coalesce(to_regclass('kept')::text, 'none')"))
                .isEqualTo("none");
        assertThat(ask(other.owner(), "select bool_and(success)::text from flyway_schema_history"))
                .isEqualTo("true");
    }

    @Test
    void letsPortalAndApplierInWithTheirOwnRoles() throws SQLException {
        TestDatabase database = PostgresServer.freshDatabase();

        assertThat(ask(database.portal(), "select current_user::text")).isEqualTo("waypass_portal");
        assertThat(ask(database.applier(), "select current_user::text")).isEqualTo("waypass_applier");
        assertThat(ask(database.applier(), "select current_setting('waypass.cluster')"))
                .isEqualTo("sandbox");
        assertThatThrownBy(() -> execute(database.portal(), "create table mine (number int)"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("permission denied");
    }

    @Test
    void saysInOneLineWhichServerItIs() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start(lines::add)) {
            assertThat(ask(server.ownerOf("postgres"), "select 'answers'")).isEqualTo("answers");
        }
        assertThat(lines).singleElement().asString().startsWith("PostgreSQL ").doesNotContain("\n");
    }

    @Test
    void fallsBackToTheEmbeddedServerWhenTheImageCannotBeHad() throws SQLException {
        List<String> lines = new ArrayList<>();
        try (PostgresServer server = PostgresServer.start(UNOBTAINABLE_IMAGE, false, lines::add)) {
            assertThat(ask(server.ownerOf("postgres"), "select 'answers'")).isEqualTo("answers");
        }
        assertThat(lines).singleElement().asString().startsWith("PostgreSQL is the embedded one, since ");
    }

    @Test
    void doesNotFallBackWhereDockerIsRequired() {
        assertThatThrownBy(() -> PostgresServer.start(UNOBTAINABLE_IMAGE, true, _ -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("WAYPASS_REQUIRE_DOCKER is set, but ");
    }

    @Test
    void keepsItsDataBetweenStartsOfADurableServer(@TempDir Path directory) throws SQLException {
        int port = Ports.free(1).getFirst();
        try (PostgresServer server = PostgresServer.durable(directory.resolve("data"), port)) {
            server.createDatabase("waypass", "template0");
            execute(server.ownerOf("waypass"), "create table kept as select 42 as number");
        }
        assertThat(Ports.isFree(port)).isTrue();

        try (PostgresServer server = PostgresServer.durable(directory.resolve("data"), port)) {
            assertThat(server.url("waypass")).isEqualTo("jdbc:postgresql://127.0.0.1:" + port + "/waypass");
            assertThat(ask(server.ownerOf("waypass"), "select number::text from kept"))
                    .isEqualTo("42");
        }
    }

    @Test
    @FullOnly
    void comesBackFromACrashWithWhatWasCommitted(@TempDir Path directory) throws SQLException {
        try (RestartablePostgres server = RestartablePostgres.start(directory)) {
            TestDatabase database = server.database();
            assertThat(ask(database.portal(), "select current_user::text")).isEqualTo("waypass_portal");
            assertThat(ask(database.applier(), "select current_setting('waypass.cluster')"))
                    .isEqualTo("sandbox");
            try (Connection open = database.owner().getConnection();
                    Statement statement = open.createStatement()) {
                statement.execute("create table kept as select 42 as number");
                open.setAutoCommit(false);
                statement.execute("update kept set number = 43");

                server.kill();

                assertThatThrownBy(open::commit).isInstanceOf(SQLException.class);
            }
            assertThatThrownBy(() -> ask(database.owner(), "select 'answers'")).isInstanceOf(SQLException.class);

            server.startAgain();
            assertThat(ask(database.owner(), "select number::text from kept")).isEqualTo("42");

            server.restart();
            assertThat(ask(database.applier(), "select current_user::text")).isEqualTo("waypass_applier");
        }
    }

    private static void execute(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(DataSource source, String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
