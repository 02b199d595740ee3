package io.waypass.applier.work;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Keeps any two appliers off one identity: a PostgreSQL advisory lock on a connection of its own, which the database
 * gives back by itself if the applier dies.
 */
public final class IdentityLock {

    private static final int SPACE = 7092149;

    /** PostgreSQL's SQLSTATE for {@code lock_not_available}. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final DataSource database;
    private final Duration patience;

    /**
     * Makes the lock.
     *
     * @param database the applier's, pooled
     * @param patience how long to wait for another who has it
     */
    public IdentityLock(DataSource database, Duration patience) {
        this.database = database;
        this.patience = patience;
    }

    /**
     * Runs work while the lock is held. Who comes while another has it waits a moment: a request may be approved in the very
     * milliseconds in which the task that planned it ends.
     *
     * @param identityId whose
     * @param work to run
     * @throws IdentityWork.Busy if another applier keeps holding it
     */
    public void holding(long identityId, Runnable work) {
        try (Connection connection = database.getConnection()) {
            take(connection, identityId);
            try {
                work.run();
            } finally {
                call(connection, "select pg_advisory_unlock(?, ?)", identityId);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the lock of an identity could not be taken", e);
        }
    }

    private void take(Connection connection, long identityId) throws SQLException {
        timeout(connection, patience);
        try {
            call(connection, "select pg_advisory_lock(?, ?)", identityId);
        } catch (SQLException e) {
            if (LOCK_NOT_AVAILABLE.equals(e.getSQLState())) {
                throw new IdentityWork.Busy();
            }
            throw e;
        } finally {
            timeout(connection, Duration.ZERO);
        }
    }

    private static void timeout(Connection connection, Duration limit) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set lock_timeout = " + limit.toMillis());
        }
    }

    private static void call(Connection connection, String sql, long identityId) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setInt(1, SPACE);
            statement.setInt(2, Math.toIntExact(identityId));
            statement.execute();
        }
    }
}
