package io.waypass.mesh;

import io.waypass.testing.Executables;
import io.waypass.testing.LocalProcess;
import io.waypass.testing.Ports;
import io.waypass.testing.TestCertificateAuthority;
import io.waypass.testing.TestCertificateAuthority.Issued;
import io.waypass.testing.TestCertificateAuthority.Wish;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The partner: an nginx that demands a client certificate on its port 443, and would answer in plaintext on its port 80.
 * Both are loopback ports here. What reached it is in its log, requests without TLS or without certificate included.
 */
public final class Partner implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String LOG = "requests.log";

    /**
     * One request as the partner's log has it.
     *
     * @param at seconds since 1970, when the answer was complete
     * @param port 443 or 80
     * @param tls the protocol's version; null for plaintext
     * @param subject of the client certificate, RFC 4514; null for none
     * @param serial of the client certificate, hexadecimal; null for none
     * @param serverName of the TLS greeting (SNI); null for none
     * @param host header
     * @param status of the answer
     * @param id value of the header {@code x-call}, by which tests recognise their calls; null for none
     */
    public record Seen(
            double at,
            int port,
            @Nullable String tls,
            @Nullable String subject,
            @Nullable String serial,
            @Nullable String serverName,
            @Nullable String host,
            int status,
            @Nullable String id) {}

    private final String host;
    private final TestCertificateAuthority authority;
    private final Issued own;
    private final int tlsPort;
    private final int plainPort;
    private final Path log;
    private final HeaderEcho echo = HeaderEcho.start();
    private final LocalProcess process;

    /**
     * Starts it.
     *
     * @param host its name
     * @param authority signed its certificate and those of its clients
     * @param directory for configuration and logs
     */
    Partner(String host, TestCertificateAuthority authority, Path directory) {
        this.host = host;
        this.authority = authority;
        this.own = authority.issue(Wish.server("CN=" + host, List.of(host, "localhost")));
        List<Integer> ports = Ports.free(2);
        this.tlsPort = ports.get(0);
        this.plainPort = ports.get(1);
        this.log = directory.resolve(LOG);
        try {
            Files.createDirectories(directory);
            Files.deleteIfExists(log);
            Files.writeString(directory.resolve("server.crt"), own.chainPem());
            Files.writeString(directory.resolve("server.key"), own.keyPem());
            Files.writeString(directory.resolve("clients.crt"), authority.certificatePem());
            Files.writeString(directory.resolve("nginx.conf"), configuration(directory));
            this.process = LocalProcess.start(
                    "nginx",
                    List.of(
                            Executables.find("nginx").orElseThrow().toString(),
                            "-p",
                            directory.toString(),
                            "-e",
                            directory.resolve("error.log").toString(),
                            "-c",
                            directory.resolve("nginx.conf").toString()),
                    directory.resolve("nginx.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Conditions.await("nginx listens; see " + directory, Duration.ofMinutes(1), () -> listens(tlsPort));
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException _) {
            return false;
        }
    }

    public String host() {
        return host;
    }

    /** {@return a new client certificate that the partner accepts} */
    public Issued clientCertificate(String subject) {
        return authority.issue(Wish.client(subject));
    }

    /** {@return the authority of the partner's server certificate, as PEM} */
    public String authorityPem() {
        return authority.certificatePem();
    }

    /** {@return a client's side of TLS that trusts this server and has no certificate} */
    SSLContext withoutCertificate() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("partner", own.root());
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    InetSocketAddress tls() {
        return InetSocketAddress.createUnresolved("127.0.0.1", tlsPort);
    }

    InetSocketAddress plain() {
        return InetSocketAddress.createUnresolved("127.0.0.1", plainPort);
    }

    /** Waits until the partner has a call of {@code /held}, which it answers only when told to. */
    public void awaitHeld() throws InterruptedException {
        echo.awaitHeld();
    }

    /** Has the partner answer a call that it holds. */
    public void release() {
        echo.release();
    }

    /** {@return all requests so far, in the order of their ends} */
    public List<Seen> seen() {
        return seen(log);
    }

    /**
     * Reads the log of a partner that another process runs.
     *
     * @param log its file
     */
    public static List<Seen> seen(Path log) {
        if (!Files.exists(log)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(log)) {
            return lines.map(Partner::read).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the log that {@link #seen(Path)} reads} */
    public Path log() {
        return log;
    }

    private static Seen read(String line) {
        JsonNode node = JSON.readTree(line);
        return new Seen(
                node.get("at").asDouble(),
                node.get("port").asInt(),
                text(node, "tls"),
                text(node, "subject"),
                text(node, "serial"),
                text(node, "serverName"),
                text(node, "host"),
                node.get("status").asInt(),
                text(node, "id"));
    }

    private static @Nullable String text(JsonNode node, String name) {
        String text = node.path(name).asString("");
        return text.isEmpty() ? null : text;
    }

    @Override
    public void close() {
        process.close();
        echo.close();
    }

    private String configuration(Path directory) {
        return """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 1024; }
                http {
                  log_format tls escape=json '{"at": $msec, "port": 443, "tls": "$ssl_protocol",'
                    ' "subject": "$ssl_client_s_dn", "serial": "$ssl_client_serial", "serverName": "$ssl_server_name",'
                    ' "host": "$http_host", "status": $status, "id": "$http_x_call"}';
                  log_format plain escape=json '{"at": $msec, "port": 80,'
                    ' "host": "$http_host", "status": $status, "id": "$http_x_call"}';
                  access_log off;
                  client_body_temp_path %1$s/tmp-body;
                  proxy_temp_path %1$s/tmp-proxy;
                  fastcgi_temp_path %1$s/tmp-fastcgi;
                  uwsgi_temp_path %1$s/tmp-uwsgi;
                  scgi_temp_path %1$s/tmp-scgi;
                  keepalive_timeout 10m;
                  keepalive_requests 1000000;
                  server {
                    listen 127.0.0.1:%2$d ssl;
                    access_log requests.log tls;
                    ssl_certificate server.crt;
                    ssl_certificate_key server.key;
                    ssl_client_certificate clients.crt;
                    ssl_verify_client on;
                    location /subject {
                      default_type application/json;
                      return 200 '{"subject": "$ssl_client_s_dn", "serial": "$ssl_client_serial"}\\n';
                    }
                    location /headers {
                      proxy_pass http://127.0.0.1:%4$d;
                      proxy_set_header Host $http_host;
                    }
                    location /held {
                      proxy_pass http://127.0.0.1:%4$d;
                      proxy_set_header Host $http_host;
                    }
                  }
                  server {
                    listen 127.0.0.1:%3$d;
                    access_log requests.log plain;
                    location / { return 200 'PLAINTEXT\\n'; }
                  }
                }
                """.formatted(directory, tlsPort, plainPort, echo.port());
    }
}
