package io.waypass.testing.controlplane;

import io.fabric8.kubernetes.client.Config;
import io.waypass.testing.PartnerServer;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import io.waypass.testing.controlplane.Fault.End;
import io.waypass.testing.controlplane.Fault.Moment;
import io.waypass.testing.controlplane.Fault.Pause;
import io.waypass.testing.controlplane.ProxiedConnection.Upstream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A proxy between a Kubernetes client and the API server, on the loopback interface and in TLS on both sides: it
 * records the client's requests, and applies faults to calls as a network, an API server under load or a test would.
 *
 * <p>It speaks HTTP/1.1, WebSocket included, and passes watch events on as they come. Each of the client's connections
 * has its own one to the API server. Its kubeconfig names no user: the API server sees the user of the kubeconfig that
 * the proxy was started with. A held call of a client that goes away is still forwarded once it is released, and a
 * forwarded write is carried out; so a test can produce late writes of clients that are gone.
 */
public final class FaultProxy implements AutoCloseable {

    private final URI apiServer;
    private final SSLContext upstream;
    private final SSLContext downstream;
    private final Path kubeconfig;
    private final ServerSocket listener;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<ProxiedConnection> connections = ConcurrentHashMap.newKeySet();
    private final List<Rule> rules = new CopyOnWriteArrayList<>();
    private final List<AtomicReference<Call>> recorded = new ArrayList<>();
    private long lastNumber;
    private volatile boolean refusing;

    private FaultProxy(Config user, Path directory) throws IOException {
        apiServer = URI.create(user.getMasterUrl());
        Issued credential = Issued.read(
                decode(user.getClientCertData()), decode(user.getClientKeyData()), decode(user.getCaCertData()));
        upstream = PartnerServer.context(credential, List.of(credential.root()));
        TestCertificateAuthority authority = TestCertificateAuthority.root("CN=waypass fault proxy");
        downstream = PartnerServer.context(
                authority.issue(Wish.server("CN=fault-proxy", List.of("127.0.0.1", "localhost"))),
                List.of(authority.certificate()));
        listener = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
        Files.createDirectories(directory);
        kubeconfig = Files.writeString(directory.resolve("fault-proxy.kubeconfig"), """
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
                  user: {}
                contexts:
                - name: waypass
                  context:
                    cluster: waypass
                    user: waypass
                """.formatted(
                        address(), encode(authority.certificatePem())));
    }

    /**
     * Starts a proxy on a free port.
     *
     * @param kubeconfigOfTheUser names the API server and the client certificate to present; data, not files
     * @param directory for the proxy's own kubeconfig
     * @return the proxy, listening
     */
    public static FaultProxy start(Path kubeconfigOfTheUser, Path directory) {
        try {
            FaultProxy proxy = new FaultProxy(Config.fromKubeconfig(Files.readString(kubeconfigOfTheUser)), directory);
            proxy.threads.execute(proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String address() {
        return "https://127.0.0.1:" + listener.getLocalPort();
    }

    /** {@return kubeconfig file for the client under test} */
    public Path kubeconfig() {
        return kubeconfig;
    }

    /** {@return all calls since the start or the last {@link #clear}, in order, each in its current state} */
    public List<Call> calls() {
        synchronized (recorded) {
            return recorded.stream().map(AtomicReference::get).toList();
        }
    }

    /** {@return those calls that {@linkplain Call#isWrite write}} */
    public List<Call> writes() {
        return calls().stream().filter(Call::isWrite).toList();
    }

    /** Forgets the calls so far; their numbers are not used again. */
    public void clear() {
        synchronized (recorded) {
            recorded.clear();
        }
    }

    /**
     * Applies a fault to calls from now on. Where several rules match a call, they strike in the order of their
     * creation, until one of them answers or cuts.
     *
     * @param which evaluated with status 0 before forwarding, with the API server's status before the answer
     */
    public Rule on(Predicate<Call> which, Fault fault) {
        Rule rule = new Rule(which, fault);
        rules.add(rule);
        return rule;
    }

    /** Drops all rules. Calls in a {@link Hold} stay held. */
    public void clearFaults() {
        rules.clear();
    }

    /** Cuts all current connections, watches included; held calls stay held, and then have no client. */
    public void cutAll() {
        connections.forEach(ProxiedConnection::cut);
    }

    /** Refuses new connections at once, or accepts them again. Current ones stay. */
    public void refuse(boolean refuse) {
        refusing = refuse;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException _) {
            // nothing to lose
        }
        cutAll();
        threads.shutdownNow();
    }

    /** A fault and the calls that it applies to. */
    public final class Rule {

        private final Predicate<Call> which;
        private final Fault fault;
        private final Random random;
        private int struck;

        private Rule(Predicate<Call> which, Fault fault) {
            this.which = which;
            this.fault = fault;
            this.random = new Random(fault.seed());
        }

        /** {@return number of calls that it has struck} */
        public synchronized int struck() {
            return struck;
        }

        public void remove() {
            rules.remove(this);
        }

        private boolean strikes(Call call, Moment moment) {
            if (fault.moment() != moment || !which.test(call)) {
                return false;
            }
            synchronized (this) {
                if (struck >= fault.limit() || random.nextDouble() >= fault.probability()) {
                    return false;
                }
                struck++;
                return true;
            }
        }
    }

    AtomicReference<Call> record(HttpHead request, byte[] body) {
        // parsed outside the lock; numbered and added inside
        Call parsed = Call.of(request, body);
        synchronized (recorded) {
            AtomicReference<Call> call = new AtomicReference<>(parsed.numbered(++lastNumber));
            recorded.add(call);
            return call;
        }
    }

    /** Applies all rules. {@return the fault that completed the call, if one did} */
    Optional<End> strike(Call call, Moment moment) throws InterruptedException {
        for (Rule rule : rules) {
            if (rule.strikes(call, moment)) {
                switch (rule.fault.effect()) {
                    case Pause pause -> pause.take(call);
                    case End end -> {
                        return Optional.of(end);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                threads.execute(() -> serve(client));
            } catch (IOException _) {
                // closed, which the loop detects, or a client that was gone at once
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            if (refusing) {
                client.setSoLinger(true, 0);
                return;
            }
            client.setTcpNoDelay(true);
            try (Upstream upstream = connect();
                    ProxiedConnection connection = new ProxiedConnection(this, client, tlsOver(client), upstream)) {
                connections.add(connection);
                try {
                    if (listener.isClosed()) {
                        return;
                    }
                    connection.handshake();
                    relayAnswersOf(connection);
                    connection.takeRequests();
                } finally {
                    connections.remove(connection);
                }
            }
        } catch (IOException _) {
            // one side is gone, so the other is closed, too
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Opens a connection to the API server, without the handshake. */
    Upstream connect() throws IOException {
        Socket server = new Socket();
        try {
            server.connect(new InetSocketAddress(apiServer.getHost(), apiServer.getPort()));
            server.setTcpNoDelay(true);
            return Upstream.over(server, tlsTo(server));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    void relayAnswersOf(ProxiedConnection connection) {
        threads.execute(() -> {
            try {
                connection.relayAnswers();
            } catch (IOException _) {
                // one side is gone, so the other is closed, too
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private SSLSocket tlsOver(Socket client) throws IOException {
        return (SSLSocket) downstream.getSocketFactory().createSocket(client, null, true);
    }

    private SSLSocket tlsTo(Socket server) throws IOException {
        SSLSocket tls = (SSLSocket)
                upstream.getSocketFactory().createSocket(server, apiServer.getHost(), apiServer.getPort(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        return tls;
    }

    private static String decode(String base64) {
        return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.US_ASCII);
    }

    private static String encode(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }
}
