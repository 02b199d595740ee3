package io.waypass.database;

import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.springframework.dao.DataIntegrityViolationException;

/** Conversions between Java and PostgreSQL types. */
public final class Rows {

    private Rows() {}

    /**
     * Reads a {@code timestamptz}.
     *
     * @param column not null in the database
     */
    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    /** Reads a {@code timestamptz} that may be null. */
    public static Optional<Instant> optionalInstant(ResultSet row, String column) throws SQLException {
        return Optional.ofNullable(row.getObject(column, OffsetDateTime.class)).map(OffsetDateTime::toInstant);
    }

    /** {@return the driver's type for {@code timestamptz}} */
    public static OffsetDateTime timestamp(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    /**
     * Reads a {@code text[]}.
     *
     * @param column not null in the database
     */
    public static List<String> strings(ResultSet row, String column) throws SQLException {
        Array array = row.getArray(column);
        return List.of((String[]) array.getArray());
    }

    /**
     * Writes one column of many rows as a {@code text[]}, for {@code unnest}.
     *
     * @param rows in order
     * @param value what the column holds of a row
     * @return its elements
     */
    public static <T> @Nullable String[] column(Collection<T> rows, Function<T, @Nullable String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }

    /**
     * Returns the name of the violated constraint.
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
