package io.waypass.testing.controlplane;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.bootstrap.ControlPlaneBinaries;
import io.waypass.bootstrap.ControlPlaneUnavailable;
import io.waypass.testing.BuildNotes;
import io.waypass.testing.LocalProcess;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.Ports;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.KeyType;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;

/**
 * A real {@code kube-apiserver} with its {@code etcd} on the loopback interface, RBAC on. There is no controller
 * manager: namespaces never finish deleting, nothing is garbage-collected, and no default service accounts appear. There
 * is no istiod: whoever needs a status writes it through the status subresource.
 *
 * <p>With the same directory it comes back with the same certificates, ports (if they are free) and objects.
 */
public final class ControlPlane implements AutoCloseable {

    private static @Nullable ControlPlane shared;

    private static final Pattern REVISION = Pattern.compile("\"revision\":\\s*\"(\\d+)\"");

    private static final Pattern KEY = Pattern.compile("\"key\":\\s*\"([A-Za-z0-9+/=]+)\"");

    /** What the API server makes for itself, some of it only after it is ready. */
    private static final Pattern ITS_OWN = Pattern.compile(
            "/registry/((leases|masterleases|events|flowschemas|prioritylevelconfigurations|servicecidrs|ipaddresses)/.*"
                    + "|apiregistration\\.k8s\\.io/.*|ranges/.*|namespaces/(default|kube-.*)|[^/]+/([^/]+/)?(default/kubernetes|system:.*)"
                    + "|[^/]+/kube-.*)");

    /** etcd's limit of a transaction. */
    private static final int DELETIONS_AT_ONCE = 100;

    private static final Duration START = Duration.ofMinutes(5);

    private final ControlPlaneBinaries binaries;
    private final Path directory;
    private final int port;
    private final int etcdPort;
    private final FileChannel claim;
    private final LocalProcess etcd;
    private LocalProcess apiServer;
    private long emptyAt;
    private @Nullable KeyPair usersKey;

    private ControlPlane(ControlPlaneBinaries binaries, Path directory, boolean durable, FileChannel claim) {
        this.binaries = binaries;
        this.directory = directory;
        this.claim = claim;
        try {
            Properties ports = ports();
            this.port = Integer.parseInt(ports.getProperty("api-server"));
            this.etcdPort = Integer.parseInt(ports.getProperty("etcd"));
            credentials();
            this.etcd = launchEtcd(Integer.parseInt(ports.getProperty("etcd-peers")), durable);
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
     * @param directory for its state; may hold an earlier one's
     * @param durable whether etcd may lose nothing at a power cut; tests need no such thing
     * @param progress is told what is going on
     * @return the control plane, answering
     * @throws ControlPlaneNotBuilt if its binaries cannot be had
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
            plane.installDefinitions();
            plane.emptyAt = plane.revision();
            return plane;
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    /**
     * Finds the binaries, once in a build: without Go or within no reach of the internet every suite would try anew.
     *
     * @param progress is told what is going on
     * @return the binaries
     * @throws ControlPlaneNotBuilt if they cannot be had
     */
    public static ControlPlaneBinaries binaries(Consumer<String> progress) {
        try {
            return BuildNotes.ofThisBuild().once("control-plane", () -> ControlPlaneBinaries.locate(progress));
        } catch (ControlPlaneUnavailable | BuildNotes.FailedBefore e) {
            throw new ControlPlaneNotBuilt(e);
        }
    }

    /**
     * The control plane that all tests of this JVM share: seven seconds once, not for each. Whoever uses it makes a
     * namespace of its own and does not stop it.
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
     * The shared control plane without anything that an earlier test class made, namespaces and roles included: for
     * suites that take the whole cluster for theirs, one after the other. It may be stopped and started by its user.
     *
     * @return the control plane, answering, with the definitions of the Gateway API and Istio
     * @throws ControlPlaneUnavailable if it cannot be built or does not come up
     */
    public static synchronized ControlPlane sharedAndEmpty() {
        ControlPlane plane = shared();
        plane.startApiServer();
        plane.forgetEverything();
        return plane;
    }

    /**
     * Takes away in etcd what was made after the start. The API server learns of it as of any deletion; no finalizer and
     * no controller is waited for, and there is none here that would finish a namespace.
     */
    private void forgetEverything() {
        String made = askEtcd(
                "range",
                "{\"key\": \"AA==\", \"range_end\": \"AA==\", \"keys_only\": true, \"min_create_revision\": \""
                        + (emptyAt + 1) + "\"}");
        List<String> deletions = KEY.matcher(made)
                .results()
                .map(found -> found.group(1))
                .filter(key -> !ITS_OWN.matcher(new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8))
                        .matches())
                .map(key -> "{\"request_delete_range\": {\"key\": \"" + key + "\"}}")
                .toList();
        for (int from = 0; from < deletions.size(); from += DELETIONS_AT_ONCE) {
            List<String> some = deletions.subList(from, Math.min(deletions.size(), from + DELETIONS_AT_ONCE));
            askEtcd("txn", "{\"success\": [" + String.join(", ", some) + "]}");
        }
    }

    private long revision() {
        String answer = askEtcd("range", "{\"key\": \"AA==\"}");
        Matcher revision = REVISION.matcher(answer);
        if (!revision.find()) {
            throw new IllegalStateException("etcd names no revision: " + answer);
        }
        return Long.parseLong(revision.group(1));
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
            // a directory for temporary files, on the way out
        }
    }

    /** Two etcds on one data directory would wait for each other, and the second would take the first one's ports file. */
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
                // held in this very JVM
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

    /**
     * Makes a client.
     *
     * @param kubeconfig whose
     * @return a new client; the caller closes it
     */
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
     * Writes a kubeconfig for somebody else, who has no rights until a role is bound.
     *
     * @param user the user's name as RBAC sees it
     * @param file where to; readable by its owner alone
     */
    public void kubeconfig(String user, Path file) {
        try {
            TestCertificateAuthority authority = authority();
            writeKubeconfig(authority.issue(Wish.client("CN=" + user), usersKey()), file);
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
     * Makes the cluster forget its past: a watch from a resource version of before gets {@code 410 Gone}. The API server
     * ends for it, since its watch cache would still tell what etcd has forgotten, and is up again when this returns.
     */
    public void compactEtcd() {
        stopApiServer();
        askEtcd("compaction", "{\"revision\": \"" + revision() + "\", \"physical\": true}");
        startApiServer();
    }

    /** Asks etcd's JSON gateway, as etcd itself. */
    private String askEtcd(String operation, String question) {
        Path pki = directory.resolve("pki");
        try {
            TestCertificateAuthority.Issued member = TestCertificateAuthority.Issued.read(
                    Files.readString(pki.resolve("etcd.crt")),
                    Files.readString(pki.resolve("etcd.key")),
                    Files.readString(pki.resolve("etcd-ca.crt")));
            try (HttpClient http = HttpClient.newBuilder()
                    .sslContext(PartnerServer.context(member, List.of(member.root())))
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()) {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + etcdPort + "/v3/kv/" + operation))
                                .timeout(START)
                                .POST(HttpRequest.BodyPublishers.ofString(question))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 200) {
                    throw new IllegalStateException("etcd refuses the " + operation + ": " + answer.body());
                }
                return answer.body();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking etcd", e);
        }
    }

    @Override
    public void close() {
        apiServer.close();
        etcd.close();
        release(claim);
    }

    private LocalProcess launchEtcd(int peerPort, boolean durable) throws IOException {
        Path pki = directory.resolve("pki");
        String clients = "https://127.0.0.1:" + etcdPort;
        String peers = "https://127.0.0.1:" + peerPort;
        List<String> command = new ArrayList<>(List.of(
                binaries.etcd().toString(),
                "--name=waypass",
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=" + clients,
                "--advertise-client-urls=" + clients,
                "--client-cert-auth",
                "--trusted-ca-file=" + pki.resolve("etcd-ca.crt"),
                "--cert-file=" + pki.resolve("etcd.crt"),
                "--key-file=" + pki.resolve("etcd.key"),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=waypass=" + peers,
                "--peer-client-cert-auth",
                "--peer-trusted-ca-file=" + pki.resolve("etcd-ca.crt"),
                "--peer-cert-file=" + pki.resolve("etcd.crt"),
                "--peer-key-file=" + pki.resolve("etcd.key"),
                "--log-level=warn"));
        if (!durable) {
            command.add("--unsafe-no-fsync");
        }
        return LocalProcess.start("etcd", command, directory.resolve("etcd.log"));
    }

    private LocalProcess launchApiServer() {
        Path pki = directory.resolve("pki");
        try {
            return LocalProcess.start(
                    "kube-apiserver",
                    List.of(
                            binaries.apiServer().toString(),
                            "--etcd-servers=https://127.0.0.1:" + etcdPort,
                            "--etcd-cafile=" + pki.resolve("etcd-ca.crt"),
                            "--etcd-certfile=" + pki.resolve("etcd.crt"),
                            "--etcd-keyfile=" + pki.resolve("etcd.key"),
                            "--bind-address=127.0.0.1",
                            "--advertise-address=127.0.0.1",
                            "--endpoint-reconciler-type=none",
                            "--secure-port=" + port,
                            "--cert-dir=" + pki,
                            "--tls-cert-file=" + pki.resolve("server.crt"),
                            "--tls-private-key-file=" + pki.resolve("server.key"),
                            "--client-ca-file=" + pki.resolve("ca.crt"),
                            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
                            "--service-account-key-file=" + pki.resolve("service-account.key"),
                            "--service-account-signing-key-file=" + pki.resolve("service-account.key"),
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
                .sslContext(trusting(directory.resolve("pki/ca.crt")))
                .build()) {
            HttpRequest ready = HttpRequest.newBuilder(URI.create(address() + "/readyz"))
                    .timeout(Duration.ofMinutes(1))
                    .build();
            while (System.nanoTime() < deadline) {
                if (!apiServer.isAlive() || !etcd.isAlive()) {
                    throw new ControlPlaneUnavailable(
                            "The API server or etcd ended while starting; see the logs in " + directory);
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

    private static SSLContext trusting(Path ca) {
        try (InputStream stream = Files.newInputStream(ca)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(stream));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private void installDefinitions() {
        try (KubernetesClient client = client()) {
            List<HasMetadata> objects = new ArrayList<>();
            for (Path file : binaries.definitions()) {
                try (InputStream stream = Files.newInputStream(file)) {
                    objects.addAll(client.load(stream).items());
                }
            }
            objects.parallelStream().forEach(object -> install(client, object));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void install(KubernetesClient client, HasMetadata object) {
        HasMetadata applied = client.resource(object)
                .patch(new PatchContext.Builder()
                        .withPatchType(PatchType.SERVER_SIDE_APPLY)
                        .withFieldManager("waypass-sandbox")
                        .withForce(true)
                        .build());
        if (applied instanceof CustomResourceDefinition definition && !established(definition)) {
            client.resource(definition)
                    .waitUntilCondition(ControlPlane::established, START.toSeconds(), TimeUnit.SECONDS);
        }
    }

    private static boolean established(@Nullable CustomResourceDefinition definition) {
        return definition != null
                && definition.getStatus() != null
                && definition.getStatus().getConditions() != null
                && definition.getStatus().getConditions().stream()
                        .anyMatch(condition -> condition.getType().equals("Established")
                                && condition.getStatus().equals("True"));
    }

    private Properties ports() throws IOException {
        Path file = directory.resolve("ports.properties");
        Properties ports = new Properties();
        if (Files.exists(file)) {
            try (var reader = Files.newBufferedReader(file)) {
                ports.load(reader);
            }
        }
        // what others hold a kubeconfig for stays; only a port that is taken is given up
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

    private void credentials() throws IOException {
        Path pki = directory.resolve("pki");
        Path marker = pki.resolve("complete");
        if (!Files.exists(marker)) {
            Files.createDirectories(pki);
            TestCertificateAuthority authority = TestCertificateAuthority.root("CN=waypass local control plane");
            Files.writeString(pki.resolve("ca.crt"), authority.certificatePem());
            secret(pki.resolve("ca.key"), authority.keyPem());
            secret(
                    pki.resolve("service-account.key"),
                    authority
                            .issue(Wish.client("CN=service-accounts").withKey(KeyType.RSA_2048))
                            .keyPem());
            Files.writeString(marker, "");
        }
        // what lasts a year only is made anew at each start; the authority above it stays
        TestCertificateAuthority.Issued server = authority()
                .issue(Wish.server("CN=kube-apiserver", List.of("127.0.0.1", "localhost", "kubernetes.default.svc")));
        Files.writeString(pki.resolve("server.crt"), server.chainPem());
        secret(pki.resolve("server.key"), server.keyPem());
        // etcd answers to an authority of its own: a client of the API server must not read Secrets past RBAC
        TestCertificateAuthority etcdAuthority = TestCertificateAuthority.root("CN=waypass local etcd");
        TestCertificateAuthority.Issued etcdMember = etcdAuthority.issue(Wish.server("CN=etcd", List.of("127.0.0.1"))
                .withUsages(List.of(KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth)));
        Files.writeString(pki.resolve("etcd-ca.crt"), etcdAuthority.certificatePem());
        Files.writeString(pki.resolve("etcd.crt"), etcdMember.chainPem());
        secret(pki.resolve("etcd.key"), etcdMember.keyPem());
        writeKubeconfig(
                authority()
                        .issue(Wish.client("O=system:masters,CN=waypass-admin").withKey(KeyType.RSA_2048)),
                kubeconfig());
    }

    private TestCertificateAuthority authority() throws IOException {
        Path pki = directory.resolve("pki");
        return TestCertificateAuthority.read(
                Files.readString(pki.resolve("ca.crt")), Files.readString(pki.resolve("ca.key")));
    }

    /**
     * One for all users but the administrator, who are told apart by their certificates: tests make dozens of users, and such a key takes a
     * second of processor time. RSA, since Kubernetes clients read other keys only when they are told of them.
     */
    private synchronized KeyPair usersKey() {
        if (usersKey == null) {
            usersKey = KeyType.RSA_2048.generate();
        }
        return usersKey;
    }

    private void writeKubeconfig(TestCertificateAuthority.Issued issued, Path file) throws IOException {
        secret(file, """
                apiVersion: v1
                kind: Config
                current-context: waypass
                clusters:
                - name: waypass
                  cluster:
                    server: %s
                    certificate-authority-data: %s
                users:
                - name: waypass
                  user:
                    client-certificate-data: %s
                    client-key-data: %s
                contexts:
                - name: waypass
                  context:
                    cluster: waypass
                    user: waypass
                """.formatted(
                address(), base64(authority().certificatePem()), base64(issued.chainPem()), base64(issued.keyPem())));
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void secret(Path file, String text) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, text);
    }
}
