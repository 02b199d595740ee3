package io.waypass.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.bootstrap.ControlPlaneUnavailable;
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
        SandboxOptions options = options();
        Closing closing = new Closing();
        CountDownLatch ready = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            if (ready.getCount() == 0) {
                                System.out.println("\nEnding everything that the sandbox started …");
                            }
                            closing.close();
                            if (ready.getCount() == 0) {
                                System.out.println(
                                        "Ended. The state is kept for the next start; -Dsandbox.fresh begins anew.");
                            }
                        },
                        "end-sandbox"));
        if (Boolean.getBoolean("sandbox.ends-with-parent")) {
            // Maven may be ended without a word to us
            ProcessHandle.current().parent().ifPresent(parent -> parent.onExit().thenRun(() -> System.exit(0)));
        }
        try {
            RunningSandbox running = new Sandbox(options, System.out::println, closing).start();
            running.summary(options.directory().resolve("sandbox.json")).forEach(System.out::println);
            System.out.println("Waypass is ready after "
                    + Duration.between(begin, Instant.now()).toSeconds() + " s. Ctrl-C ends everything.");
            ready.countDown();
            new CountDownLatch(1).await();
        } catch (SandboxFailed | ControlPlaneUnavailable e) {
            System.err.println(e.getMessage());
            System.exit(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static SandboxOptions options() {
        try {
            SandboxOptions options = SandboxOptions.fromProperties();
            // before the first logger is made
            System.setProperty(
                    "sandbox.log",
                    options.directory().resolve("logs/sandbox.log").toString());
            return options;
        } catch (SandboxFailed e) {
            System.err.println(e.getMessage());
            System.exit(1);
            throw e;
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
