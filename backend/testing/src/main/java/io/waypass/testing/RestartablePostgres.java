package io.waypass.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.waypass.testing.PostgresServer.TestDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL for one test, with one migrated database, that can crash and come back on the same port with the same
 * data. It is always an embedded one, with or without Docker. Commits from before the crash survive it.
 */
public final class RestartablePostgres implements AutoCloseable {

    private final Path data;
    private final int port;
    private final TestDatabase database;
    private PostgresServer server;
    private @Nullable ProcessHandle postmaster;

    private RestartablePostgres(Path data, int port) {
        this.data = data;
        this.port = port;
        this.server = PostgresServer.durable(data, port);
        this.postmaster = ProcessHandle.of(server.processId()).orElseThrow();
        this.database = server.migrated("waypass");
    }

    /**
     * Starts a server.
     *
     * @param directory for its data
     * @return the server, answering
     */
    public static RestartablePostgres start(Path directory) {
        return new RestartablePostgres(
                directory.resolve("postgres"), Ports.free(1).getFirst());
    }

    /** {@return its database; the data sources stay valid over restarts, connections do not} */
    public TestDatabase database() {
        return database;
    }

    /** Ends it at once with all connections, as {@code kill -9} does, and returns when it is gone. */
    public void kill() {
        if (postmaster == null) {
            return;
        }
        // the children as well: a new server does not start while one of them holds the old one's memory
        List<ProcessHandle> processes =
                Stream.concat(postmaster.descendants(), Stream.of(postmaster)).toList();
        postmaster.destroyForcibly();
        processes.forEach(ProcessHandle::destroyForcibly);
        CompletableFuture.allOf(processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
                .orTimeout(5, TimeUnit.MINUTES)
                .join();
        postmaster = null;
        closeQuietly();
    }

    /** The embedding library asks the server to end, and logs a lot if it no longer runs. */
    private void closeQuietly() {
        Logger library = (Logger) LoggerFactory.getLogger(EmbeddedPostgres.class);
        Level before = library.getLevel();
        library.setLevel(Level.OFF);
        try {
            server.close();
        } finally {
            library.setLevel(before);
        }
    }

    /** Starts it again on the same port, after {@link #kill}. */
    public void startAgain() {
        if (postmaster == null) {
            server = PostgresServer.durable(data, port);
            postmaster = ProcessHandle.of(server.processId()).orElseThrow();
        }
    }

    /** Crashes it and starts it again. */
    public void restart() {
        kill();
        startAgain();
    }

    @Override
    public void close() {
        if (postmaster != null) {
            server.close();
        }
    }
}
