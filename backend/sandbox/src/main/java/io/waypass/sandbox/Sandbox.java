package io.waypass.sandbox;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.waypass.bootstrap.ControlPlaneUnavailable;
import io.waypass.bootstrap.EndSignals;
import io.waypass.bootstrap.MeshBinariesUnavailable;
import io.waypass.db.DatabaseOfAnotherBaseline;
import io.waypass.db.MigrateDatabase;
import io.waypass.mesh.Mesh;
import io.waypass.sealing.SealingKeyset;
import io.waypass.sealing.SealingKeysetFile;
import io.waypass.testing.Executables;
import io.waypass.testing.PostgresServer;
import io.waypass.testing.controlplane.ControlPlane;
import io.waypass.testing.mesh.MeshParts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * Starts everything that Waypass needs on this machine, on the loopback interface: PostgreSQL, a Kubernetes API server,
 * an identity provider, the portal and the applier. The Solo guide's example is prepared up to the first request.
 */
public final class Sandbox {

    private static final String DATABASE = "waypass";

    private final SandboxOptions options;
    private final Consumer<String> progress;
    private final Closing closing;
    private final Runnable handlingSignals;
    private final Steps steps;

    private Sandbox(SandboxOptions options, Consumer<String> progress, Closing closing, Runnable handlingSignals) {
        this.options = options;
        this.progress = progress;
        this.closing = closing;
        this.handlingSignals = handlingSignals;
        this.steps = new Steps(progress, InstantSource.system());
    }

    /**
     * Runs until it is ended.
     *
     * @param args none; see {@link SandboxOptions#fromProperties}
     */
    public static void main(String[] args) {
        Instant begin = Instant.now();
        Closing closing = new Closing();
        // Maven runs nothing but the sandbox: each ends with the other
        Optional<ProcessHandle> build = Boolean.getBoolean("sandbox.ends-with-parent")
                ? ProcessHandle.current().parent().filter(Sandbox::isMaven)
                : Optional.empty();
        Ending ending = new Ending(closing, System.out, build);
        Runnable handlingSignals = () -> EndSignals.handle(ending::begin);
        handlingSignals.run();
        build.ifPresent(ending::whenGone);
        Consumer<String> progress = line -> {
            if (!ending.hasBegun()) {
                System.out.println(line);
            }
        };
        try {
            SandboxOptions options = SandboxOptions.fromProperties();
            // before the first logger is created
            System.setProperty(
                    "sandbox.log",
                    options.directory().resolve("logs/sandbox.log").toString());
            RunningSandbox running = new Sandbox(options, progress, closing, handlingSignals).start();
            running.summary(options.directory().resolve("sandbox.json")).forEach(progress);
            running.firstSteps().forEach(progress);
            progress.accept("Waypass is ready, "
                    + Duration.between(begin, Instant.now()).toSeconds()
                    + " s after the build. Ctrl-C ends everything.");
            new CountDownLatch(1).await();
        } catch (SandboxFailed | ControlPlaneUnavailable | MeshBinariesUnavailable e) {
            fail(ending, closing, () -> System.err.println(e.getMessage()));
        } catch (RuntimeException | Error e) {
            fail(ending, closing, e::printStackTrace);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Excludes the process that becomes the parent if Maven is killed while this JVM starts. */
    private static boolean isMaven(ProcessHandle parent) {
        return parent.pid() != 1
                && parent.info()
                        .command()
                        .filter(command -> command.endsWith("java"))
                        .isPresent();
    }

    /** Exits with status 1 and the reason, unless the failure is a consequence of a requested end. */
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
     * @param progress receives sentences about the progress
     * @return the sandbox, ready
     * @throws SandboxFailed if it cannot start
     * @throws ControlPlaneUnavailable if no API server can be provided
     */
    public static RunningSandbox start(SandboxOptions options, Consumer<String> progress) {
        Closing closing = new Closing();
        try {
            return new Sandbox(options, progress, closing, () -> {}).start();
        } catch (RuntimeException e) {
            closing.close();
            throw e;
        }
    }

    private RunningSandbox start() {
        options.kubeconfig().ifPresent(Sandbox::requireReadable);
        if (options.mesh() && Executables.find("nginx").isEmpty()) {
            throw new SandboxFailed(
                    "-Dsandbox.mesh runs a partner's nginx, and there is none. Install it (apt-get install"
                            + " nginx-light, or brew install nginx), or start without a mesh.");
        }
        ProcessLedger ledger = new ProcessLedger(
                options.directory().resolve("processes"), options.directory().resolve("postgres/postmaster.pid"));
        ledger.settle(progress);
        StateDirectory state = StateDirectory.open(options.directory(), options.fresh());
        ledger.record();
        closing.add(ledger::clear);

        int portalPort = state.port("portal", options.port(), progress);
        int applierPort = state.port("applier", 0, progress);
        int issuerPort = state.port("identity provider", 0, progress);
        URI address = URI.create("http://127.0.0.1:" + portalPort);
        URI issuer = URI.create("http://127.0.0.1:" + issuerPort);

        CompletableFuture<Optional<ControlPlane>> plane = options.kubeconfig().isPresent()
                ? CompletableFuture.completedFuture(Optional.empty())
                : steps.begin(
                        "Starting a Kubernetes API server",
                        "The Kubernetes API server is ready",
                        () -> recorded(ledger, Optional.of(controlPlane(state))));
        CompletableFuture<PostgresServer> database =
                steps.begin("Starting PostgreSQL", "PostgreSQL is ready", () -> recorded(ledger, database(state)));
        closing.add(() -> awaitStart(database));
        CompletableFuture<Map<SandboxPerson, String>> tokens = database.thenApply(postgres -> seeded(state, postgres));
        CompletableFuture<JavaProcess> portal = tokens.thenCompose(_ -> steps.begin(
                "Starting the portal",
                "The portal is ready",
                () -> ready(ledger, portal(state, database.join(), address, issuer, portalPort))));
        CompletableFuture<Path> kubeconfig = plane.thenApply(
                own -> own.map(ControlPlane::kubeconfig).or(options::kubeconfig).orElseThrow());
        SampleCertificates certificates = SampleCertificates.in(state);
        CompletableFuture<Optional<SandboxMesh>> istiod = plane.thenCompose(own -> options.mesh()
                ? steps.begin(
                        "Starting istiod and a partner",
                        "istiod and the partner are ready",
                        () -> recorded(ledger, Optional.of(mesh(state, own.orElseThrow(), certificates))))
                : CompletableFuture.completedFuture(Optional.empty()));
        CompletableFuture<Path> applierKubeconfig = kubeconfig
                .thenCombine(istiod, (file, _) -> file)
                .thenCompose(file -> steps.begin(
                        "Preparing the guide's gateway, destination and namespaces",
                        "The guide's objects are prepared",
                        () -> prepareCluster(state, plane.join(), file)));
        CompletableFuture<Optional<SandboxMesh>> mesh = applierKubeconfig.thenCompose(_ -> options.mesh()
                ? steps.begin(
                        "Starting the waypoint's Envoy",
                        "The waypoint is ready",
                        () -> recorded(ledger, withWaypoint(istiod.join())))
                : istiod);
        CompletableFuture<JavaProcess> applier = applierKubeconfig
                .thenCombine(tokens, (file, _) -> file)
                .thenCompose(file -> steps.begin(
                        "Starting the applier",
                        "The applier is ready",
                        () -> ready(ledger, applier(state, database.join(), file, applierPort))));
        CompletableFuture<IdentityProvider> provider = steps.begin(
                "Starting the identity provider",
                "The identity provider is ready",
                () -> closing.add(IdentityProvider.start(
                        issuerPort,
                        new IdentityProvider.Setting(
                                issuer.toString(),
                                address.toString(),
                                state.secret("oidc.client"),
                                person -> state.secret("password." + person.username())))));
        Steps.await(plane, database, portal, mesh, applier, provider);
        ledger.record();

        Map<SandboxPerson, RunningSandbox.Login> logins = new EnumMap<>(SandboxPerson.class);
        tokens.join()
                .forEach((person, token) -> logins.put(
                        person, new RunningSandbox.Login(state.secret("password." + person.username()), token)));
        RunningSandbox running = new RunningSandbox(
                address,
                issuer,
                kubeconfig.join(),
                certificates.directory(),
                state.logs(),
                logins,
                plane.join(),
                mesh.join(),
                database.join().ownerOf(DATABASE),
                applier.join(),
                closing);
        state.writePrivately(state.path("sandbox.json"), running.json());
        return running;
    }

    /**
     * A database server that is starting has no owner for a moment: {@link #closing} does not have it yet, and in a
     * shutdown the embedding library no longer has it. The wait is bounded, because that library continues to wait for
     * a server that a Ctrl-C has ended.
     */
    private static void awaitStart(CompletableFuture<PostgresServer> database) throws InterruptedException {
        try {
            database.get(10, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException _) {
            // there is none, or the library's own shutdown hook ends it
        }
    }

    private static <T> T recorded(ProcessLedger ledger, T started) {
        ledger.record();
        return started;
    }

    private JavaProcess ready(ProcessLedger ledger, JavaProcess process) {
        process.launch();
        closing.add(process);
        ledger.record();
        process.awaitReady();
        return process;
    }

    private Map<SandboxPerson, String> seeded(StateDirectory state, PostgresServer postgres) {
        DirectorySeed seed = new DirectorySeed(
                postgres.dataSource(DATABASE, MigrateDatabase.PORTAL_ROLE, state.secret("database.portal")));
        seed.sow(options.flavour());
        return seed.tokens(state);
    }

    private JavaProcess applier(StateDirectory state, PostgresServer postgres, Path kubeconfig, int port) {
        return new JavaProcess(
                "applier",
                options.applierJar(),
                port,
                Map.of(
                        "WAYPASS_DATABASE_URL", postgres.url(DATABASE),
                        "WAYPASS_DATABASE_USER", MigrateDatabase.APPLIER_ROLE,
                        "WAYPASS_DATABASE_PASSWORD", state.secret("database.applier"),
                        "WAYPASS_CLUSTER", DirectorySeed.CLUSTER,
                        "WAYPASS_SEALING_KEYSET_FILE", keyset(state).toString(),
                        "KUBECONFIG", kubeconfig.toString(),
                        "SERVER_ADDRESS", "127.0.0.1",
                        "SERVER_PORT", Integer.toString(port)),
                state);
    }

    private JavaProcess portal(StateDirectory state, PostgresServer postgres, URI address, URI issuer, int port) {
        return new JavaProcess(
                "portal", options.portalJar(), port, portalEnvironment(state, postgres, address, issuer, port), state);
    }

    private SandboxMesh mesh(StateDirectory state, ControlPlane plane, SampleCertificates certificates) {
        Path directory = state.path("mesh");
        SandboxMesh mesh = closing.add(new SandboxMesh(
                directory,
                Mesh.start(MeshParts.binaries(progress), plane, SandboxMesh.HOST, certificates.authority(), directory),
                plane.client()));
        // Helm's library renders istiod's charts in this process, and its Go runtime takes SIGINT and SIGTERM
        // (measured)
        handlingSignals.run();
        return mesh;
    }

    private static Optional<SandboxMesh> withWaypoint(Optional<SandboxMesh> mesh) {
        mesh.ifPresent(SandboxMesh::startWaypoint);
        return mesh;
    }

    private ControlPlane controlPlane(StateDirectory state) {
        return closing.add(ControlPlane.start(state.path("control-plane"), options.durable(), progress));
    }

    private static void requireReadable(Path kubeconfig) {
        if (!Files.isReadable(kubeconfig)) {
            throw new SandboxFailed("-Dsandbox.kubeconfig=" + kubeconfig + " cannot be read.");
        }
    }

    private PostgresServer database(StateDirectory state) {
        PostgresServer postgres =
                closing.add(PostgresServer.durable(state.path("postgres"), state.port("database", 0, progress)));
        postgres.createDatabase(DATABASE, "template0");
        try {
            MigrateDatabase.migrate(
                    postgres.ownerOf(DATABASE), state.secret("database.portal"), state.secret("database.applier"));
        } catch (DatabaseOfAnotherBaseline refusal) {
            throw new SandboxFailed(String.valueOf(refusal.getMessage()), refusal);
        }
        return postgres;
    }

    private Path prepareCluster(StateDirectory state, Optional<ControlPlane> plane, Path kubeconfig) {
        try (KubernetesClient client = ControlPlane.client(kubeconfig)) {
            GuideObjects objects = new GuideObjects(client, options.flavour());
            if (plane.isEmpty()) {
                objects.requireDefinitions();
            }
            boolean own = plane.isPresent();
            objects.apply("gateway.yaml", own);
            objects.apply("destination.yaml", own);
            objects.apply("teams.yaml", own);
            ApplierAccess access =
                    new ApplierAccess(client, objects, options.flavour(), state.path("applier.kubeconfig"));
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
}
