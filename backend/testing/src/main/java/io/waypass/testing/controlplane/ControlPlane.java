package io.waypass.testing.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.waypass.bootstrap.ControlPlaneBinaries;
import io.waypass.bootstrap.ControlPlaneUnavailable;
import io.waypass.testing.BuildNotes;
import io.waypass.testing.LocalProcess;
import io.waypass.testing.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code kube-apiserver} with its {@code etcd} on the loopback interface, RBAC on. There is no controller
 * manager: namespaces never finish deleting, nothing is garbage-collected, and no default service accounts appear.
 * There is no istiod: a test that needs a status writes it through the status subresource.
 *
 * <p>A restart in the same directory has the same authority, ports (if they are free) and objects.
 */
public final class ControlPlane implements AutoCloseable {

    private static @Nullable ControlPlane shared;

    private static final Duration START = Duration.ofMinutes(5);

    private final ControlPlaneBinaries binaries;
    private final Path directory;
    private final int port;
    private final FileChannel claim;
    private final Credentials credentials;
    private final Etcd etcd;
    private LocalProcess apiServer;
    private long emptyRevision;

    private ControlPlane(ControlPlaneBinaries binaries, Path directory, boolean durable, FileChannel claim) {
        this.binaries = binaries;
        this.directory = directory;
        this.claim = claim;
        try {
            Properties ports = ports();
            this.port = Integer.parseInt(ports.getProperty("api-server"));
            this.credentials = Credentials.in(directory.resolve("pki"));
            credentials.writeAdminKubeconfig(address(), kubeconfig());
            this.etcd = Etcd.start(
                    binaries.etcd(),
                    directory,
                    credentials,
                    Integer.parseInt(ports.getProperty("etcd")),
                    Integer.parseInt(ports.getProperty("etcd-peers")),
                    durable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            this.apiServer = launchApiServer();
        } catch (RuntimeException e) {
            etcd.close();
            throw e;
        }
    }

    /**
     * Starts a control plane and installs the definitions of the Gateway API and Istio.
     *
     * @param directory for its state; may contain an earlier one's
     * @param durable whether etcd must lose nothing at a power cut; tests do not need that
     * @return the control plane, answering
     * @throws ControlPlaneNotBuilt if its binaries are not available
     * @throws ControlPlaneUnavailable if it does not come up, or already runs in that directory
     */
    public static ControlPlane start(Path directory, boolean durable, Consumer<String> progress) {
        ControlPlaneBinaries binaries = binaries(progress);
        FileChannel claim = claim(directory);
        ControlPlane plane;
        try {
            plane = new ControlPlane(binaries, directory.toAbsolutePath(), durable, claim);
        } catch (RuntimeException e) {
            release(claim);
            throw e;
        }
        try {
            plane.awaitReady();
            try (KubernetesClient client = plane.client()) {
                MeshDefinitions.install(client, plane.binaries.definitions());
            }
            plane.emptyRevision = plane.etcd.revision();
            return plane;
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    /**
     * Locates the binaries, once in a build: without Go or the internet every suite would try again.
     *
     * @throws ControlPlaneNotBuilt if they are not available
     */
    public static ControlPlaneBinaries binaries(Consumer<String> progress) {
        try {
            return BuildNotes.ofThisBuild().once("control-plane", () -> ControlPlaneBinaries.locate(progress));
        } catch (ControlPlaneUnavailable | BuildNotes.FailedBefore e) {
            throw new ControlPlaneNotBuilt(e);
        }
    }

    /**
     * The control plane that all tests of this JVM share, so that its start of seven seconds happens once. Each test
     * uses a namespace of its own and leaves the control plane running.
     *
     * @return the control plane, which ends with this JVM
     * @throws ControlPlaneUnavailable if it cannot be built or does not come up
     */
    public static synchronized ControlPlane shared() {
        if (shared == null) {
            try {
                Path directory = Files.createTempDirectory("waypass-control-plane");
                shared = start(directory, false, System.out::println);
                Runtime.getRuntime()
                        .addShutdownHook(new Thread(() -> endShared(directory), "end-shared-control-plane"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    /**
     * The shared control plane without the objects of earlier test classes, namespaces and roles included: for suites
     * that use the whole cluster, one after the other. They may stop and start it.
     *
     * @return the control plane, answering, with the definitions of the Gateway API and Istio
     * @throws ControlPlaneUnavailable if it cannot be built or does not come up
     */
    public static synchronized ControlPlane sharedAndEmpty() {
        ControlPlane plane = shared();
        plane.startApiServer();
        plane.etcd.deleteCreatedAfter(plane.emptyRevision);
        return plane;
    }

    private static synchronized void endShared(Path directory) {
        if (shared != null) {
            shared.close();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException _) {
            // a temporary directory that remains does no harm
        }
    }

    /**
     * Two etcds on one data directory would wait for each other, and the second would take the first one's ports file.
     */
    private static FileChannel claim(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                if (channel.tryLock() != null) {
                    return channel;
                }
            } catch (OverlappingFileLockException _) {
                // this JVM holds it
            }
            channel.close();
            throw new ControlPlaneUnavailable("A control plane already runs in " + directory + "; end that one first.");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void release(FileChannel claim) {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return address of the API server} */
    public String address() {
        return "https://127.0.0.1:" + port;
    }

    /** {@return kubeconfig file of a cluster administrator} */
    public Path kubeconfig() {
        return directory.resolve("admin.kubeconfig");
    }

    /** {@return the {@code kubectl} of the same version} */
    public Path kubectl() {
        return binaries.kubectl();
    }

    /** {@return a new client of a cluster administrator; the caller closes it} */
    public KubernetesClient client() {
        return client(kubeconfig());
    }

    /** {@return a new client of the user in a kubeconfig; the caller closes it} */
    public static KubernetesClient client(Path kubeconfig) {
        try {
            return new KubernetesClientBuilder()
                    .withConfig(Config.fromKubeconfig(Files.readString(kubeconfig)))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a kubeconfig for a user who has no rights until a role is bound.
     *
     * @param user name in RBAC
     * @param file readable by its owner only
     */
    public void kubeconfig(String user, Path file) {
        try {
            credentials.writeKubeconfig(address(), user, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the API server and returns when it is gone; etcd keeps the objects. */
    public void stopApiServer() {
        apiServer.close();
    }

    /** Starts the API server again at the same address, and waits until it answers. */
    public void startApiServer() {
        if (!apiServer.isAlive()) {
            apiServer = launchApiServer();
        }
        awaitReady();
    }

    /**
     * Compacts the history: a watch from an earlier resource version gets {@code 410 Gone}. The API server is
     * restarted, because its watch cache would still have what etcd no longer has, and answers again when this returns.
     */
    public void compactEtcd() {
        stopApiServer();
        etcd.compact();
        startApiServer();
    }

    @Override
    public void close() {
        apiServer.close();
        etcd.close();
        release(claim);
    }

    private LocalProcess launchApiServer() {
        try {
            return LocalProcess.start(
                    "kube-apiserver",
                    List.of(
                            binaries.apiServer().toString(),
                            "--etcd-servers=" + etcd.address(),
                            "--etcd-cafile=" + credentials.file("etcd-ca.crt"),
                            "--etcd-certfile=" + credentials.file("etcd.crt"),
                            "--etcd-keyfile=" + credentials.file("etcd.key"),
                            "--bind-address=127.0.0.1",
                            "--advertise-address=127.0.0.1",
                            "--endpoint-reconciler-type=none",
                            "--secure-port=" + port,
                            "--cert-dir=" + credentials.directory(),
                            "--tls-cert-file=" + credentials.file("server.crt"),
                            "--tls-private-key-file=" + credentials.file("server.key"),
                            "--client-ca-file=" + credentials.file("ca.crt"),
                            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                            "--service-account-key-file=" + credentials.file("service-account.key"),
                            "--service-account-signing-key-file=" + credentials.file("service-account.key"),
                            "--service-cluster-ip-range=10.96.0.0/24",
                            "--authorization-mode=RBAC",
                            "--disable-admission-plugins=ServiceAccount",
                            "--shutdown-delay-duration=0s",
                            "--profiling=false"),
                    directory.resolve("kube-apiserver.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitReady() {
        long deadline = System.nanoTime() + START.toNanos();
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(credentials.trustingApiServer())
                .build()) {
            HttpRequest ready = HttpRequest.newBuilder(URI.create(address() + "/readyz"))
                    .timeout(Duration.ofMinutes(1))
                    .build();
            while (System.nanoTime() < deadline) {
                if (!apiServer.isAlive() || !etcd.isAlive()) {
                    String ended = etcd.isAlive() ? "kube-apiserver" : "etcd";
                    throw new ControlPlaneUnavailable(ended + " ended while starting; see the logs in " + directory
                            + ". Its last words: " + lastWords(directory.resolve(ended + ".log")));
                }
                try {
                    if (http.send(ready, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (IOException _) {
                    // not listening yet
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new ControlPlaneUnavailable("The API server did not answer within " + START.toMinutes() + " minutes; see "
                + directory.resolve("kube-apiserver.log"));
    }

    private static String lastWords(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(" / ", lines.subList(Math.max(0, lines.size() - 3), lines.size()));
        } catch (IOException e) {
            return "(its log cannot be read: " + e + ")";
        }
    }

    private Properties ports() throws IOException {
        Path file = directory.resolve("ports.properties");
        Properties ports = new Properties();
        if (Files.exists(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                ports.load(reader);
            }
        }
        // existing kubeconfigs stay valid; a port changes only if it is taken
        Iterator<Integer> found = Ports.free(3).iterator();
        for (String name : List.of("api-server", "etcd", "etcd-peers")) {
            String kept = ports.getProperty(name);
            if (kept == null || !Ports.isFree(Integer.parseInt(kept))) {
                ports.setProperty(name, found.next().toString());
            }
        }
        try (var writer = Files.newBufferedWriter(file)) {
            ports.store(writer, null);
        }
        return ports;
    }
}
