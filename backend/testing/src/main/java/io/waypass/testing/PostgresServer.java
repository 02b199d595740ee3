package io.waypass.testing;

import io.waypass.db.MigrateDatabase;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * A real PostgreSQL: a container where a Docker engine answers, else embedded. With {@code WAYPASS_REQUIRE_DOCKER=true}
 * there is no falling back; {@code WAYPASS_TEST_POSTGRES_IMAGE} names the image.
 */
public final class PostgresServer implements AutoCloseable {

    /** Password of the portal's role on servers made here. */
    public static final String PORTAL_PASSWORD = "portal-of-a-test";

    /** Password of the applier's role on servers made here. */
    public static final String APPLIER_PASSWORD = "applier-of-a-test";

    private static final String TEMPLATE = "waypass_template";

    private static final class Shared {
        static final PostgresServer SERVER = startShared();

        private static PostgresServer startShared() {
            PostgresServer server = start(System.out::println);
            server.createDatabase(TEMPLATE, "template0");
            MigrateDatabase.migrate(server.dataSource(TEMPLATE, server.owner, server.ownerPassword), PORTAL_PASSWORD, APPLIER_PASSWORD);
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

    /**
     * A fresh, migrated database on the server that all tests of this JVM share.
     *
     * @return the database
     */
    public static TestDatabase freshDatabase() {
        PostgresServer shared = Shared.SERVER;
        String name = "waypass_" + shared.count.incrementAndGet();
        shared.createDatabase(name, TEMPLATE);
        return new TestDatabase(
                shared.url(name),
                shared.dataSource(name, shared.owner, shared.ownerPassword),
                shared.dataSource(name, MigrateDatabase.PORTAL_ROLE, PORTAL_PASSWORD),
                shared.applierOf(name, "sandbox"));
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
     * Starts a server: a container where possible, else embedded.
     *
     * @param progress is told which
     * @return the server
     */
    public static PostgresServer start(Consumer<String> progress) {
        boolean required = Boolean.parseBoolean(System.getenv("WAYPASS_REQUIRE_DOCKER"));
        String image = System.getenv().getOrDefault("WAYPASS_TEST_POSTGRES_IMAGE", "postgres:18-alpine");
        try {
            if (DockerClientFactory.instance().isDockerAvailable()) {
                PostgreSQLContainer container =
                        new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"))
                                .withUsername("waypass")
                                .withDatabaseName("waypass")
                                .withCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300");
                container.start();
                progress.accept("PostgreSQL runs in a container of " + image);
                return new PostgresServer(
                        container.getHost(),
                        container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT),
                        container.getUsername(),
                        container.getPassword(),
                        container);
            }
        } catch (RuntimeException e) {
            if (required) {
                throw e;
            }
            progress.accept("No container of " + image + " could be started (" + e.getMessage() + ")");
        }
        if (required) {
            throw new IllegalStateException(
                    "WAYPASS_REQUIRE_DOCKER is set, but no Docker engine answers. Start one, or unset it.");
        }
        progress.accept("No Docker engine answers: the tests use an embedded PostgreSQL");
        return embedded(null, 0);
    }

    /**
     * Starts an embedded server that keeps its data.
     *
     * @param directory for the data; may hold an earlier server's
     * @param port where it listens; 0 for any free one
     * @return the server
     */
    public static PostgresServer durable(Path directory, int port) {
        return embedded(directory, port);
    }

    private static PostgresServer embedded(@org.jspecify.annotations.Nullable Path directory, int port) {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "300")
                    .setServerConfig("listen_addresses", "127.0.0.1");
            if (port != 0) {
                builder.setPort(port);
            }
            if (directory != null) {
                builder.setDataDirectory(directory).setCleanDataDirectory(false);
            } else {
                builder.setServerConfig("fsync", "off");
            }
            EmbeddedPostgres postgres = builder.start();
            return new PostgresServer("127.0.0.1", postgres.getPort(), "postgres", "postgres", postgres);
        } catch (IOException e) {
            throw new UncheckedIOException("The embedded PostgreSQL did not start", e);
        }
    }

    /** {@return name of the role that owns databases here} */
    public String owner() {
        return owner;
    }

    /**
     * JDBC address of a database.
     *
     * @param database its name
     * @return the address
     */
    public String url(String database) {
        return "jdbc:postgresql://" + host + ":" + port + "/" + database;
    }

    /**
     * Makes a database where it is absent.
     *
     * @param name its name
     * @param template copied from
     */
    public void createDatabase(String name, String template) {
        try (Connection connection = dataSource("postgres", owner, ownerPassword).getConnection();
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

    /**
     * A data source of the owner.
     *
     * @param database its name
     * @return unpooled connections
     */
    public DataSource ownerOf(String database) {
        return dataSource(database, owner, ownerPassword);
    }

    /**
     * A data source of one cluster's applier, which sees that cluster's tasks alone.
     *
     * @param database its name
     * @param cluster name of the cluster
     * @return unpooled connections
     */
    public DataSource applierOf(String database, String cluster) {
        PGSimpleDataSource source =
                (PGSimpleDataSource) dataSource(database, MigrateDatabase.APPLIER_ROLE, APPLIER_PASSWORD);
        source.setOptions("-c waypass.cluster=" + cluster);
        return source;
    }

    /**
     * A data source.
     *
     * @param database name
     * @param user role
     * @param password its password
     * @return unpooled connections
     */
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
