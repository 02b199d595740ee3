package io.waypass.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.waypass.testing.TestCertificateAuthority.Issued;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManagerFactory;

/**
 * A partner's server on the loopback interface. It requires a client certificate that one of its authorities signed,
 * and answers {@code GET /subject} with {@code {"subject": "CN=…"}}: the certificate's subject as RFC 2253 writes it.
 */
public final class PartnerServer implements AutoCloseable {

    private final HttpsServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private PartnerServer(HttpsServer server) {
        this.server = server;
    }

    /**
     * Starts a server on a free port.
     *
     * @param own its certificate, which must name {@code 127.0.0.1} for clients that use {@link #address}
     * @param clientAuthorities trusted authorities of client certificates
     * @return the server, listening
     * @throws UncheckedIOException if it cannot listen
     */
    public static PartnerServer start(Issued own, List<X509Certificate> clientAuthorities) {
        try {
            SSLContext context = context(own, clientAuthorities);
            PartnerServer partner = new PartnerServer(
                    HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            partner.server.setHttpsConfigurator(new HttpsConfigurator(context) {
                @Override
                public void configure(HttpsParameters parameters) {
                    SSLParameters wanted = context.getDefaultSSLParameters();
                    wanted.setNeedClientAuth(true);
                    parameters.setSSLParameters(wanted);
                }
            });
            partner.server.createContext("/subject", PartnerServer::answer);
            partner.server.setExecutor(partner.threads);
            partner.server.start();
            return partner;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Creates the TLS context of one side, for servers and clients.
     *
     * @param own certificate and key
     * @param trusted authorities of the other side
     */
    public static SSLContext context(Issued own, List<X509Certificate> trusted) {
        try {
            char[] none = new char[0];
            KeyStore credential = KeyStore.getInstance("PKCS12");
            credential.load(null, null);
            credential.setKeyEntry("own", own.key(), none, own.chain().toArray(Certificate[]::new));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(credential, none);
            KeyStore authorities = KeyStore.getInstance("PKCS12");
            authorities.load(null, null);
            for (X509Certificate authority : trusted) {
                authorities.setCertificateEntry("trusted-" + authorities.size(), authority);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    public URI address() {
        return URI.create("https://127.0.0.1:" + server.getAddress().getPort());
    }

    /** {@return address of the client certificate's subject} */
    public URI subjectAddress() {
        return address().resolve("/subject");
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = "{\"subject\": \"%s\"}\n"
                    .formatted(subject((HttpsExchange) exchange)
                            .replace("\\", "\\\\")
                            .replace("\"", "\\\""))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private static String subject(HttpsExchange exchange) throws SSLPeerUnverifiedException {
        X509Certificate client = (X509Certificate) exchange.getSSLSession().getPeerCertificates()[0];
        return client.getSubjectX500Principal().getName();
    }
}
