package io.waypass.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a PostgreSQL channel, so that no process polls for commits. The tables remain the source of truth: a
 * notification that is missed while the connection is lost costs one query after reconnecting.
 */
public final class NotificationListener implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NotificationListener.class);

    /** Receives notifications; called from one thread, must not throw. */
    public interface Listener {

        /** The connection is established; earlier notifications were missed. */
        void connected();

        /**
         * Notifications arrived, or the wait ended without one.
         *
         * @param words payloads in order; empty after a wait without a notification
         */
        void heard(List<String> words);
    }

    private final DataSource database;
    private final String channel;
    private final int waitMillis;
    private final Listener listener;
    private final Thread thread;
    private volatile boolean running = true;
    private volatile @Nullable Connection listening;

    /**
     * Starts to listen.
     *
     * @param database unpooled, for one long connection
     * @param waitMillis maximum wait for a notification before the connection is checked
     */
    public NotificationListener(DataSource database, String channel, int waitMillis, Listener listener) {
        this.database = database;
        this.channel = channel;
        this.waitMillis = waitMillis;
        this.listener = listener;
        thread = Thread.ofPlatform().name("listening-" + channel).daemon().start(this::listen);
    }

    @Override
    public void close() {
        running = false;
        thread.interrupt();
        Connection open = listening;
        if (open != null) {
            try {
                // an interrupt does not end a read from the socket
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The listening connection was closed already", e);
            }
        }
    }

    private void listen() {
        while (running) {
            try (Connection connection = database.getConnection()) {
                listening = connection;
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + channel);
                }
                listener.connected();
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (running) {
                    PGNotification[] notifications = postgres.getNotifications(waitMillis);
                    listener.heard(Arrays.stream(notifications)
                            .map(PGNotification::getParameter)
                            .toList());
                    if (notifications.length == 0 && !connection.isValid(2)) {
                        throw new SQLException("the connection is gone");
                    }
                }
            } catch (SQLException e) {
                if (!running) {
                    return;
                }
                LOG.warn("The database is away ({}); listening again in a second", e.getMessage());
                try {
                    TimeUnit.SECONDS.sleep(1);
                } catch (InterruptedException _) {
                    return;
                }
            }
        }
    }
}
