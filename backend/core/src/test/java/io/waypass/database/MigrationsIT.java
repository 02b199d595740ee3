package io.waypass.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waypass.db.DatabaseOfAnotherBaseline;
import io.waypass.db.MigrateDatabase;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.PostgresServer.TestDatabase;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Bringing a database to this version. */
class MigrationsIT {

    private final TestDatabase database = PostgresServer.freshDatabase();
    private final JdbcClient owner = JdbcClient.create(database.owner());

    @Test
    void aDatabaseThatIsUpToDateIsLeftAsItIs() {
        assertThat(MigrateDatabase.migrate(database.owner(), null, null)).isZero();
    }

    @Test
    void aFunctionGrantOrRuleThatChangedIsBroughtUpToDateByItsRepeatableMigration() {
        owner.sql("update flyway_schema_history set checksum = 1 where version is null")
                .update();
        owner.sql("revoke select on request from waypass_portal").update();

        assertThat(MigrateDatabase.migrate(database.owner(), null, null)).isPositive();

        assertThat(JdbcClient.create(database.portal())
                        .sql("select count(*) from request")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void aDatabaseOfAnEarlierBaselineIsRefusedWithWhatToDo() {
        owner.sql("update flyway_schema_history set checksum = 1, description = 'spine' where version = '1'")
                .update();

        assertThatThrownBy(() -> MigrateDatabase.migrate(database.owner(), null, null))
                .isInstanceOf(DatabaseOfAnotherBaseline.class)
                .hasMessageContaining("-Dsandbox.fresh=true")
                .hasMessageContaining("empty database");
    }
}
