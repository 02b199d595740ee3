package io.waypass.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Brings a database to this version: makes the two login roles where they are absent, then runs the migrations as the
 * owner. Safe to run again and by several processes at once (Flyway holds a lock).
 *
 * <p>As a command it reads {@code WAYPASS_DATABASE_URL}, {@code WAYPASS_DATABASE_USER} (default {@code waypass}),
 * {@code WAYPASS_DATABASE_PASSWORD}, {@code WAYPASS_PORTAL_PASSWORD} and {@code WAYPASS_APPLIER_PASSWORD}. A role whose
 * password is not given must exist already: that is for places where a database administrator makes roles.
 */
public final class MigrateDatabase {

    /** Login role of the portal. */
    public static final String PORTAL_ROLE = "waypass_portal";

    /** Login role of the applier. */
    public static final String APPLIER_ROLE = "waypass_applier";

    private MigrateDatabase() {}

    /**
     * Runs the migration as a command.
     *
     * @param args none
     */
    public static void main(String[] args) {
        Map<String, String> env = System.getenv();
        String url = env.get("WAYPASS_DATABASE_URL");
        if (url == null || url.isBlank()) {
            System.err.println(
                    "WAYPASS_DATABASE_URL is not set. Give the JDBC address of the database, for instance jdbc:postgresql://db:5432/waypass");
            System.exit(2);
        }
        PGSimpleDataSource owner = new PGSimpleDataSource();
        owner.setUrl(url);
        owner.setUser(env.getOrDefault("WAYPASS_DATABASE_USER", "waypass"));
        owner.setPassword(env.get("WAYPASS_DATABASE_PASSWORD"));
        try {
            int applied = migrate(owner, env.get("WAYPASS_PORTAL_PASSWORD"), env.get("WAYPASS_APPLIER_PASSWORD"));
            System.out.println("Database is up to date, " + applied + " migrations applied now.");
        } catch (DatabaseOfAnotherBaseline refusal) {
            System.err.println(refusal.getMessage());
            System.exit(3);
        }
    }

    /**
     * Makes the roles and migrates.
     *
     * @param owner connects as the owner of the database, with the right to create roles if passwords are given
     * @param portalPassword password to set for {@link #PORTAL_ROLE}; null leaves the role as it is
     * @param applierPassword password to set for {@link #APPLIER_ROLE}; null leaves the role as it is
     * @return how many migrations were applied now
     * @throws IllegalStateException if a role is missing and no password was given to make it with, or the database
     *     refused
     * @throws DatabaseOfAnotherBaseline if other migrations made the tables; nothing is changed then
     */
    public static int migrate(DataSource owner, @Nullable String portalPassword, @Nullable String applierPassword) {
        try (Connection connection = owner.getConnection()) {
            ensureRole(connection, PORTAL_ROLE, portalPassword);
            ensureRole(connection, APPLIER_ROLE, applierPassword);
        } catch (SQLException e) {
            throw new IllegalStateException("The database roles could not be prepared: " + e.getMessage(), e);
        }
        try {
            return Flyway.configure()
                    .dataSource(owner)
                    .locations("classpath:db/migration")
                    .load()
                    .migrate()
                    .migrationsExecuted;
        } catch (FlywayValidateException e) {
            throw new DatabaseOfAnotherBaseline(e);
        }
    }

    private static void ensureRole(Connection connection, String role, @Nullable String password) throws SQLException {
        boolean exists;
        try (var query = connection.prepareStatement("select 1 from pg_roles where rolname = ?")) {
            query.setString(1, role);
            try (var rows = query.executeQuery()) {
                exists = rows.next();
            }
        }
        if (!exists && password == null) {
            throw new IllegalStateException(
                    "The role " + role + " does not exist and no password was given to make it with."
                            + " Set WAYPASS_PORTAL_PASSWORD and WAYPASS_APPLIER_PASSWORD, or have the role created first.");
        }
        if (password == null) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            // DDL takes no parameters: the literal is quoted by the server's own function
            String literal;
            try (var quote = connection.prepareStatement("select quote_literal(?)")) {
                quote.setString(1, password);
                try (var rows = quote.executeQuery()) {
                    rows.next();
                    literal = rows.getString(1);
                }
            }
            statement.execute((exists ? "alter role " : "create role ") + role + " login password " + literal);
        }
    }
}
