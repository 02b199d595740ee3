package io.waypass.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.PullResponseItem;
import io.waypass.db.MigrateDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real PostgreSQL: a container where a Docker engine answers, otherwise embedded. {@code WAYPASS_TEST_POSTGRES_IMAGE}
 * names the image (default {@code postgres:18-alpine}); with {@code WAYPASS_REQUIRE_DOCKER=true} there is no fallback.
 * Both are read from system properties, then from the environment.
 */
public final class PostgresServer implements AutoCloseable {

    /** Password of the portal's role on test servers. */
    public static final String PORTAL_PASSWORD = "portal-of-a-test";

    /** Password of the applier's role on test servers. */
    public static final String APPLIER_PASSWORD = "applier-of-a-test";

    private static final String TEMPLATE = "waypass_template";

    private static final String CONNECTIONS = "300";

    /** Maximum time until a server answers; the embedding library's own ten seconds are too few for a busy machine. */
    private static final Duration START = Duration.ofMinutes(5);

    private static final String IMAGE = setting("WAYPASS_TEST_POSTGRES_IMAGE", "postgres:18-alpine");

    private static final boolean DOCKER_REQUIRED = Boolean.parseBoolean(setting("WAYPASS_REQUIRE_DOCKER", "false"));

    private static final class Shared {
        static final PostgresServer SERVER = startShared();

        private static PostgresServer startShared() {
            PostgresServer server = start(
                    IMAGE,
                    DOCKER_REQUIRED,
                    System.out::println,
                    reason -> BuildNotes.ofThisBuild()
                            .replaced("PostgreSQL was the embedded one in place of a container, since " + reason
                                    + ". Start a Docker engine that has or can pull " + IMAGE
                                    + ", or name another image with WAYPASS_TEST_POSTGRES_IMAGE."));
            server.signInCheaply();
            server.migrated(TEMPLATE);
            return server;
        }
    }

    private final String host;
    private final int port;
    private final String owner;
    private final String ownerPassword;
    private final AutoCloseable server;
    private final AtomicInteger count = new AtomicInteger();

    private PostgresServer(String host, int port, String owner, String ownerPassword, AutoCloseable server) {
        this.host = host;
        this.port = port;
        this.owner = owner;
        this.ownerPassword = ownerPassword;
        this.server = server;
    }

    /** Creates a migrated database on the server that all tests of this JVM share. */
    public static TestDatabase freshDatabase() {
        PostgresServer shared = Shared.SERVER;
        String name = "waypass_" + shared.count.incrementAndGet();
        shared.createDatabase(name, TEMPLATE);
        return shared.withItsRoles(name);
    }

    /**
     * Derives passwords that are set from now on in one round. Tests connect thousands of times, and 4,096 rounds each
     * were a quarter of the processor time of the portal's suites. Versions before 16 do not have that setting, and a
     * server that asks for no password does not need it.
     */
    private void signInCheaply() {
        try (Connection connection = ownerOf("postgres").getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("alter system set scram_iterations = 1");
            statement.execute("select pg_reload_conf()");
            statement.execute("set scram_iterations = 1");
            statement.execute("alter role " + owner + " password '" + ownerPassword + "'");
        } catch (SQLException _) {
            // slower, but correct
        }
    }

    /** Creates and migrates a new database. */
    TestDatabase migrated(String name) {
        createDatabase(name, "template0");
        MigrateDatabase.migrate(ownerOf(name), PORTAL_PASSWORD, APPLIER_PASSWORD);
        return withItsRoles(name);
    }

    private TestDatabase withItsRoles(String name) {
        return new TestDatabase(
                url(name),
                ownerOf(name),
                dataSource(name, MigrateDatabase.PORTAL_ROLE, PORTAL_PASSWORD),
                applierOf(name, "sandbox"));
    }

    /**
     * A migrated database.
     *
     * @param url JDBC address
     * @param owner connects as the owner
     * @param portal connects as the portal
     * @param applier connects as the applier of the cluster {@code sandbox}
     */
    public record TestDatabase(String url, DataSource owner, DataSource portal, DataSource applier) {}

    /**
     * Starts a server: a container where a Docker engine answers and has or can pull the image, otherwise embedded.
     *
     * @param progress receives one line about which of the two it is
     * @throws IllegalStateException if Docker is required and provides no container
     */
    public static PostgresServer start(Consumer<String> progress) {
        return start(IMAGE, DOCKER_REQUIRED, progress);
    }

    static PostgresServer start(String image, boolean dockerRequired, Consumer<String> progress) {
        return start(image, dockerRequired, progress, _ -> {});
    }

    private static PostgresServer start(
            String image, boolean dockerRequired, Consumer<String> progress, Consumer<String> fallback) {
        try {
            PostgresServer contained = container(image);
            progress.accept("PostgreSQL runs in a container of " + image);
            return contained;
        } catch (NoContainer e) {
            if (dockerRequired) {
                throw new IllegalStateException("WAYPASS_REQUIRE_DOCKER is set, but " + e.getMessage(), e);
            }
            progress.accept("PostgreSQL is the embedded one, since " + e.getMessage());
            fallback.accept(String.valueOf(e.getMessage()));
            return embedded(null, 0);
        }
    }

    private static String setting(String name, String otherwise) {
        String given = System.getProperty(name, System.getenv().getOrDefault(name, ""));
        return given.isBlank() ? otherwise : given;
    }

    /** No container is available; the message completes "since …". */
    private static final class NoContainer extends RuntimeException {
        NoContainer(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    private static PostgresServer container(String image) {
        requireImage(image);
        try {
            PostgreSQLContainer container =
                    new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
            container
                    .withUsername("waypass")
                    .withDatabaseName("waypass")
                    .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=" + CONNECTIONS)
                    // over TCP, where the image's own set-up phase does not listen yet
                    .waitingFor(Wait.forSuccessfulCommand("pg_isready --quiet --host 127.0.0.1 --username waypass")
                            .withStartupTimeout(START))
                    .start();
            return new PostgresServer(
                    container.getHost(),
                    container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                    container.getUsername(),
                    container.getPassword(),
                    container);
        } catch (RuntimeException e) {
            throw new NoContainer("no container of " + image + " started: " + firstLine(e), e);
        }
    }

    /** Checks before Testcontainers does, which tries an unreachable registry for two minutes before it gives up. */
    private static void requireImage(String image) {
        DockerClient docker;
        try {
            docker = engine();
        } catch (RuntimeException e) {
            throw new NoContainer("no Docker engine answers", e);
        }
        try {
            docker.inspectImageCmd(image).exec();
            return;
        } catch (NotFoundException _) {
            // not present yet: the engine may be able to pull it
        } catch (RuntimeException e) {
            throw new NoContainer("no Docker engine answers", e);
        }
        DockerImageName name = DockerImageName.parse(image);
        Pull pull = new Pull();
        try {
            docker.pullImageCmd(name.getUnversionedPart())
                    .withTag(name.getVersionPart())
                    .exec(pull);
            pull.ended.get(5, TimeUnit.MINUTES);
            docker.inspectImageCmd(image).exec();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoContainer("the pull of " + image + " was interrupted", e);
        } catch (TimeoutException e) {
            throw new NoContainer("Docker did not pull " + image + " within 5 minutes", e);
        } catch (ExecutionException e) {
            throw new NoContainer("Docker cannot pull " + image + ": " + firstLine(e.getCause()), e);
        } catch (RuntimeException e) {
            throw new NoContainer("Docker cannot pull " + image + ": " + firstLine(e), e);
        }
    }

    /** Reports a missing engine in one sentence; Testcontainers would log an error and everything that it tried. */
    private static DockerClient engine() {
        Logger library = (Logger) LoggerFactory.getLogger("org.testcontainers");
        Level before = library.getLevel();
        library.setLevel(Level.OFF);
        try {
            return DockerClientProviderStrategy.getClientForConfig(
                    DockerClientFactory.instance().getTransportConfig());
        } finally {
            library.setLevel(before);
        }
    }

    /** Waits for the end of a pull; the library's own callback would log a failure that is expected here. */
    private static final class Pull implements ResultCallback<PullResponseItem> {

        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        @Override
        public void onStart(@Nullable Closeable stream) {
            // nothing to close early
        }

        @Override
        public void onNext(@Nullable PullResponseItem item) {
            // the engine's progress is of no interest
        }

        @Override
        public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            ended.complete(true);
        }

        @Override
        public void close() {
            ended.complete(true);
        }
    }

    private static String firstLine(@Nullable Throwable failure) {
        return String.valueOf(failure == null ? "no reason given" : failure.getMessage())
                .lines()
                .findFirst()
                .orElse("");
    }

    /**
     * Starts an embedded server that keeps its data.
     *
     * @param directory for the data; may contain an earlier server's
     * @param port 0 for any free one
     * @throws UncheckedIOException if it does not start
     */
    public static PostgresServer durable(Path directory, int port) {
        return embedded(directory, port);
    }

    private static PostgresServer embedded(@Nullable Path directory, int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setPGStartupWait(START)
                    .setServerConfig("max_connections", CONNECTIONS)
                    .setServerConfig("listen_addresses", "127.0.0.1");
            if (port != 0) {
                builder.setPort(port);
            }
            if (directory != null) {
                // the embedding library's default is off, which loses the last half second of commits in a crash
                builder.setDataDirectory(directory)
                        .setCleanDataDirectory(false)
                        .setServerConfig("synchronous_commit", "on");
            } else {
                builder.setServerConfig("fsync", "off");
            }
            EmbeddedPostgres postgres = builder.start();
            PostgresServer server =
                    new PostgresServer("127.0.0.1", postgres.getPort(), "postgres", "postgres", postgres);
            ProcessHandle.of(server.processId()).ifPresent(OrphanWatch::over);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start: " + e.getMessage(), e);
        }
    }

    /** Read from PostgreSQL's own file, because the embedding library does not expose the process. */
    long processId() {
        try (Connection connection = ownerOf("postgres").getConnection();
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)")) {
            rows.next();
            return rows.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("The embedded PostgreSQL does not answer", e);
        }
    }

    /** {@return name of the role that owns databases here} */
    public String owner() {
        return owner;
    }

    public String url(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    /**
     * Creates a database if absent.
     *
     * @param template database to copy from
     */
    public void createDatabase(String name, String template) {
        try (Connection connection =
                        dataSource("postgres", owner, ownerPassword).getConnection();
                Statement statement = connection.createStatement()) {
            try (var rows = statement.executeQuery("select 1 from pg_database where datname = '" + name + "'")) {
                if (rows.next()) {
                    return;
                }
            }
            statement.execute("create database " + name + " template " + template);
        } catch (SQLException e) {
            throw new IllegalStateException("The database " + name + " could not be made", e);
        }
    }

    /** {@return unpooled connections of the owner} */
    public DataSource ownerOf(String database) {
        return dataSource(database, owner, ownerPassword);
    }

    /**
     * Creates a data source of one cluster's applier, which sees only that cluster's tasks.
     *
     * @param cluster name of the cluster
     * @return unpooled connections
     */
    public DataSource applierOf(String database, String cluster) {
        PGSimpleDataSource source =
                (PGSimpleDataSource) dataSource(database, MigrateDatabase.APPLIER_ROLE, APPLIER_PASSWORD);
        source.setOptions("-c waypass.cluster=" + cluster);
        return source;
    }

    /** {@return unpooled connections} @param user role */
    public DataSource dataSource(String database, String user, String password) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url(database));
        source.setUser(user);
        source.setPassword(password);
        return source;
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (Exception e) {
            throw new IllegalStateException("PostgreSQL did not stop", e);
        }
    }
}
