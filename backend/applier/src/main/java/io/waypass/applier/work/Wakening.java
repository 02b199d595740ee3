package io.waypass.applier.work;

import io.waypass.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Listens for the database's word that a task was committed, so that nobody polls for it. The task table stays the truth:
 * a word that is missed while the connection is away costs one look after it is back.
 */
public final class Wakening implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Wakening.class);
    private static final int WAIT_MILLIS = 5_000;

    private final DataSource database;
    private final List<String> tasks;
    private final Runnable wake;
    private volatile boolean running;
    private volatile @Nullable Connection listening;
    private Thread thread = new Thread();

    /**
     * Makes the listener.
     *
     * @param database unpooled, for one long connection
     * @param cluster whose tasks
     * @param wake what to do then
     */
    public Wakening(DataSource database, String cluster, Runnable wake) {
        this.database = database;
        this.tasks = List.of(WorkQueue.planTask(cluster), WorkQueue.applyTask(cluster));
        this.wake = wake;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().name("wakening").daemon().start(this::listen);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
        Connection open = listening;
        if (open != null) {
            try {
                // a read from the socket does not end by an interrupt
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("The listening connection was closed already", e);
            }
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void listen() {
        while (running) {
            try (Connection connection = database.getConnection()) {
                listening = connection;
                try (Statement statement = connection.createStatement()) {
                    statement.execute("listen " + WorkQueue.CHANNEL);
                }
                wake.run();
                PGConnection postgres = connection.unwrap(PGConnection.class);
                while (running) {
                    PGNotification[] notifications = postgres.getNotifications(WAIT_MILLIS);
                    for (PGNotification notification : notifications) {
                        if (tasks.contains(notification.getParameter())) {
                            wake.run();
                            break;
                        }
                    }
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
