package io.waypass.applier.work;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * Keeps any two appliers off one identity: a PostgreSQL advisory lock on a connection of its own, which the database
 * gives back by itself if the applier dies.
 */
public final class IdentityLock {

    private static final int SPACE = 7092149;

    /** Another applier works on the identity; the task is tried again soon. */
    static final class Taken extends RuntimeException {
        Taken() {
            super("another applier works on this identity", null, false, false);
        }
    }

    private final DataSource database;

    /**
     * Makes the lock.
     *
     * @param database the applier's, pooled
     */
    public IdentityLock(DataSource database) {
        this.database = database;
    }

    /**
     * Runs work while the lock is held.
     *
     * @param identityId whose
     * @param work to run
     * @throws RuntimeException if another applier holds it
     */
    public void holding(long identityId, Runnable work) {
        try (Connection connection = database.getConnection()) {
            if (!call(connection, "select pg_try_advisory_lock(?, ?)", identityId)) {
                throw new Taken();
            }
            try {
                work.run();
            } finally {
                call(connection, "select pg_advisory_unlock(?, ?)", identityId);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the lock of an identity could not be taken", e);
        }
    }

    private static boolean call(Connection connection, String sql, long identityId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, SPACE);
            statement.setInt(2, Math.toIntExact(identityId));
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getBoolean(1);
            }
        }
    }
}
