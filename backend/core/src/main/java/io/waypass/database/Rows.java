package io.waypass.database;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataIntegrityViolationException;

/** Reading and writing PostgreSQL's types. */
public final class Rows {

    private Rows() {}

    /**
     * Reads a {@code timestamptz}.
     *
     * @param row current row
     * @param column its name, not null in the database
     * @return the instant
     * @throws SQLException if the column is not there
     */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /**
     * Reads a {@code timestamptz} that may be null.
     *
     * @param row current row
     * @param column its name
     * @return the instant
     * @throws SQLException if the column is not there
     */
    public static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /**
     * Writes an instant.
     *
     * @param instant the instant
     * @return what the driver takes for {@code timestamptz}
     */
    public static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /**
     * Reads a {@code text[]}.
     *
     * @param row current row
     * @param column its name, not null in the database
     * @return its elements
     * @throws SQLException if the column is not there
     */
    public static List<String> strings(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return List.of((String[]) array.getArray());
    }

    /**
     * Which named constraint the database refused by.
     *
     * @param refusal as Spring translated it
     * @return the constraint's name, empty if it had none
     */
    public static String constraint(DataIntegrityViolationException refusal) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException sql && sql.getServerErrorMessage() != null) {
                String name = sql.getServerErrorMessage().getConstraint();
                return name == null ? "" : name;
            }
        }
        return "";
    }
}
