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
 * A PostgreSQL of one test's own, with one migrated database, that can crash and come back at the same port with the
 * same data. It is an embedded one, wherever Docker answers or not. What was committed before the crash is there after
 * it.
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

    /** {@return its database; the data sources hold over restarts, connections do not} */
    public TestDatabase database() {
        return database;
    }

    /** Ends it at once, all connections with it, as {@code kill -9} does, and returns when it is gone. */
    public void kill() {
        if (postmaster == null) {
            return;
        }
        // the children as well: a new server does not begin while one of them holds the old one's memory
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

    /** The embedding library asks the server to end, and has much to say when there is none. */
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

    /** Starts it again where it was, after {@link #kill}. */
    public void startAgain() {
        if (postmaster == null) {
            server = PostgresServer.durable(data, port);
            postmaster = ProcessHandle.of(server.processId()).orElseThrow();
        }
    }

    /** Lets it crash and come back. */
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
