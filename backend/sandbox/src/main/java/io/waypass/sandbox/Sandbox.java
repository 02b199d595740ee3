package io.waypass.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.bootstrap.ControlPlaneUnavailable;
import io.waypass.bootstrap.EndSignals;
import io.waypass.db.MigrateDatabase;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.controlplane.ControlPlane;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Starts everything that Waypass needs on this machine, on the loopback interface: PostgreSQL, a Kubernetes API server, an
 * identity provider, the portal and the applier. The Solo guide's example is prepared up to the first request.
 */
public final class Sandbox {

    private static final String DATABASE = "waypass";

    private final SandboxOptions options;
    private final Consumer<String> progress;
    private final Closing closing;

    private Sandbox(SandboxOptions options, Consumer<String> progress, Closing closing) {
        this.options = options;
        this.progress = progress;
        this.closing = closing;
    }

    /**
     * Runs until it is ended.
     *
     * @param args none; see {@link SandboxOptions#fromProperties}
     */
    public static void main(String[] args) {
        Instant begin = Instant.now();
        Closing closing = new Closing();
        // Maven runs the sandbox and nothing after it: each ends with the other
        Optional<ProcessHandle> build = Boolean.getBoolean("sandbox.ends-with-parent")
                ? ProcessHandle.current().parent()
                : Optional.empty();
        Ending ending = new Ending(closing, System.out, build);
        EndSignals.handle(ending::begin);
        build.ifPresent(ending::whenGone);
        Consumer<String> progress = line -> {
            if (!ending.hasBegun()) {
                System.out.println(line);
            }
        };
        try {
            SandboxOptions options = SandboxOptions.fromProperties();
            // before the first logger is made
            System.setProperty(
                    "sandbox.log",
                    options.directory().resolve("logs/sandbox.log").toString());
            RunningSandbox running = new Sandbox(options, progress, closing).start();
            running.summary(options.directory().resolve("sandbox.json")).forEach(progress);
            progress.accept("Waypass is ready after "
                    + Duration.between(begin, Instant.now()).toSeconds() + " s. Ctrl-C ends everything.");
            new CountDownLatch(1).await();
        } catch (SandboxFailed | ControlPlaneUnavailable e) {
            fail(ending, closing, () -> System.err.println(e.getMessage()));
        } catch (RuntimeException | Error e) {
            fail(ending, closing, e::printStackTrace);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Status 1 and the reason, unless the failure comes from the end that somebody asked for. */
    private static void fail(Ending ending, Closing closing, Runnable reason) {
        if (!ending.explainsFailure()) {
            reason.run();
            closing.close();
            System.exit(1);
        }
    }

    /**
     * Starts a sandbox in this JVM.
     *
     * @param options how
     * @param progress is told what is going on
     * @return the sandbox, ready
     * @throws SandboxFailed if it cannot start
     * @throws ControlPlaneUnavailable if no API server can be had
     */
    public static RunningSandbox start(SandboxOptions options, Consumer<String> progress) {
        Closing closing = new Closing();
        try {
            return new Sandbox(options, progress, closing).start();
        } catch (RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    private RunningSandbox start() {
        ProcessLedger ledger = new ProcessLedger(
                options.directory().resolve("processes"), options.directory().resolve("postgres/postmaster.pid"));
        ledger.settle(progress);
        StateDirectory state = StateDirectory.open(options.directory(), options.fresh());
        ledger.record();
        closing.add(ledger::clear);

        CompletableFuture<Optional<ControlPlane>> planeStarts = starts(() -> controlPlane(state));
        CompletableFuture<PostgresServer> databaseStarts = starts(() -> database(state));
        closing.add(() -> awaitStart(databaseStarts));
        PostgresServer postgres = result(databaseStarts);
        Optional<ControlPlane> plane = result(planeStarts);
        ledger.record();

        Path kubeconfig =
                plane.map(ControlPlane::kubeconfig).or(options::kubeconfig).orElseThrow();
        Path applierKubeconfig = prepareCluster(state, plane, kubeconfig);

        SampleCertificates certificates = SampleCertificates.in(state);
        DirectorySeed seed = new DirectorySeed(
                postgres.dataSource(DATABASE, MigrateDatabase.PORTAL_ROLE, state.secret("database.portal")));
        seed.sow();
        Map<SandboxPerson, String> tokens = seed.tokens(state);
        Path keyset = keyset(state);

        int portalPort = state.port("portal", options.port(), progress);
        int applierPort = state.port("applier", 0, progress);
        int issuerPort = state.port("identity provider", 0, progress);
        URI address = URI.create("http://127.0.0.1:" + portalPort);
        URI issuer = URI.create("http://127.0.0.1:" + issuerPort);

        progress.accept("Starting portal, applier and identity provider");
        JavaProcess applier = closing.add(new JavaProcess(
                "applier",
                options.applierJar(),
                applierPort,
                Map.of(
                        "WAYPASS_DATABASE_URL", postgres.url(DATABASE),
                        "WAYPASS_DATABASE_USER", MigrateDatabase.APPLIER_ROLE,
                        "WAYPASS_DATABASE_PASSWORD", state.secret("database.applier"),
                        "WAYPASS_CLUSTER", DirectorySeed.CLUSTER,
                        "WAYPASS_SEALING_KEYSET_FILE", keyset.toString(),
                        "KUBECONFIG", applierKubeconfig.toString(),
                        "SERVER_ADDRESS", "127.0.0.1",
                        "SERVER_PORT", Integer.toString(applierPort)),
                state));
        JavaProcess portal = closing.add(new JavaProcess(
                "portal",
                options.portalJar(),
                portalPort,
                portalEnvironment(state, postgres, address, issuer, portalPort),
                state));
        applier.launch();
        portal.launch();
        ledger.record();
        closing.add(IdentityProvider.start(
                issuerPort,
                new IdentityProvider.Setting(
                        issuer.toString(),
                        address.toString(),
                        state.secret("oidc.client"),
                        person -> state.secret("password." + person.username()))));
        portal.awaitReady();
        applier.awaitReady();
        ledger.record();

        Map<SandboxPerson, RunningSandbox.Login> logins = new EnumMap<>(SandboxPerson.class);
        tokens.forEach((person, token) ->
                logins.put(person, new RunningSandbox.Login(state.secret("password." + person.username()), token)));
        RunningSandbox running = new RunningSandbox(
                address,
                issuer,
                kubeconfig,
                certificates.directory(),
                state.logs(),
                logins,
                plane,
                postgres.ownerOf(DATABASE),
                applier,
                closing);
        state.writePrivately(state.path("sandbox.json"), running.json());
        return running;
    }

    /**
     * A database server that is on its way up belongs to nobody for a moment: not yet to {@link #closing}, and in a shutdown
     * not to the embedding library any more. The wait is bounded, since that library goes on waiting for a server that a
     * Ctrl-C has ended.
     */
    private static void awaitStart(CompletableFuture<PostgresServer> database) throws InterruptedException {
        try {
            database.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // there is none, or the library's own shutdown hook ends it
        }
    }

    private Optional<ControlPlane> controlPlane(StateDirectory state) {
        if (options.kubeconfig().isPresent()) {
            Path file = options.kubeconfig().get();
            if (!Files.isReadable(file)) {
                throw new SandboxFailed("-Dsandbox.kubeconfig=" + file + " cannot be read.");
            }
            return Optional.empty();
        }
        progress.accept("Starting a Kubernetes API server");
        return Optional.of(closing.add(ControlPlane.start(state.path("control-plane"), options.durable(), progress)));
    }

    private PostgresServer database(StateDirectory state) {
        progress.accept("Starting PostgreSQL");
        PostgresServer postgres =
                closing.add(PostgresServer.durable(state.path("postgres"), state.port("database", 0, progress)));
        postgres.createDatabase(DATABASE, "template0");
        MigrateDatabase.migrate(
                postgres.ownerOf(DATABASE), state.secret("database.portal"), state.secret("database.applier"));
        return postgres;
    }

    private Path prepareCluster(StateDirectory state, Optional<ControlPlane> plane, Path kubeconfig) {
        progress.accept("Preparing the guide's gateway, destination and namespaces");
        try (KubernetesClient client = ControlPlane.client(kubeconfig)) {
            GuideObjects objects = new GuideObjects(client);
            if (plane.isEmpty()) {
                objects.requireDefinitions();
            }
            boolean own = plane.isPresent();
            objects.apply("gateway.yaml", own);
            objects.apply("destination.yaml", own);
            objects.apply("teams.yaml", own);
            ApplierAccess access = new ApplierAccess(client, objects, state.path("applier.kubeconfig"));
            return plane.map(access::onOwn).orElseGet(() -> access.onForeign(state));
        }
    }

    private static Map<String, String> portalEnvironment(
            StateDirectory state, PostgresServer postgres, URI address, URI issuer, int port) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("WAYPASS_DATABASE_URL", postgres.url(DATABASE));
        environment.put("WAYPASS_DATABASE_USER", MigrateDatabase.PORTAL_ROLE);
        environment.put("WAYPASS_DATABASE_PASSWORD", state.secret("database.portal"));
        environment.put("WAYPASS_OIDC_ISSUER", issuer.toString());
        environment.put("WAYPASS_OIDC_CLIENT_ID", IdentityProvider.CLIENT_ID);
        environment.put("WAYPASS_OIDC_CLIENT_SECRET", state.secret("oidc.client"));
        environment.put("WAYPASS_OIDC_GROUPS_CLAIM", "groups");
        environment.put("WAYPASS_ADMIN_GROUP", SandboxPerson.ADMIN_GROUP);
        environment.put("WAYPASS_PUBLIC_URL", address.toString());
        environment.put("SERVER_ADDRESS", "127.0.0.1");
        environment.put("SERVER_PORT", Integer.toString(port));
        return environment;
    }

    private static Path keyset(StateDirectory state) {
        Path file = state.path("sealing-keyset.json");
        if (!Files.exists(file)) {
            try {
                new SealingKeysetFile(file).create(SealingKeyset.generate());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return file;
    }

    private static <T> CompletableFuture<T> starts(Supplier<T> start) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                future.complete(start.get());
            } catch (RuntimeException | Error e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    private static <T> T result(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
