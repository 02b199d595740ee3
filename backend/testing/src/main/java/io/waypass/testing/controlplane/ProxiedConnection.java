package io.waypass.testing.controlplane;

import io.waypass.testing.controlplane.Fault.Answer;
import io.waypass.testing.controlplane.Fault.Cut;
import io.waypass.testing.controlplane.Fault.End;
import io.waypass.testing.controlplane.Fault.Moment;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and its own one to the API server: if one ends, so does the other. One thread takes requests,
 * another relays answers, so that the end of either side is detected while the other is silent.
 */
final class ProxiedConnection implements AutoCloseable {

    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private static final int SWITCHING_PROTOCOLS = 101;

    private final FaultProxy proxy;
    private final Socket clientSocket;
    private final SSLSocket client;
    private final InputStream fromClient;
    private final OutputStream toClient;
    private volatile Upstream upstream;

    /** Acquired by a request, released when its answer has been relayed. */
    private final Semaphore turn = new Semaphore(1);

    private volatile @Nullable AtomicReference<Call> current;
    private volatile boolean upgraded;
    private volatile boolean ended;

    /**
     * Whether a call is held back, and whether the connection to the API server was closed meanwhile. Guarded by this.
     */
    private boolean kept;

    private boolean lost;

    /** A connection to the API server: plain, and TLS over it. */
    record Upstream(Socket socket, SSLSocket tls, InputStream in, OutputStream out) implements AutoCloseable {

        static Upstream over(Socket socket, SSLSocket tls) throws IOException {
            return new Upstream(
                    socket,
                    tls,
                    new BufferedInputStream(tls.getInputStream()),
                    new BufferedOutputStream(tls.getOutputStream(), 16 * 1024));
        }

        @Override
        public void close() {
            ProxiedConnection.close(tls);
            ProxiedConnection.close(socket);
        }
    }

    /** The client's connection, plain and TLS over it, and one to the API server. */
    ProxiedConnection(FaultProxy proxy, Socket clientSocket, SSLSocket client, Upstream upstream) throws IOException {
        this.proxy = proxy;
        this.clientSocket = clientSocket;
        this.client = client;
        this.upstream = upstream;
        this.fromClient = new BufferedInputStream(client.getInputStream());
        this.toClient = new BufferedOutputStream(client.getOutputStream(), 16 * 1024);
    }

    void handshake() throws IOException {
        client.startHandshake();
        upstream.tls().startHandshake();
    }

    /** Takes requests until the client goes away; a write that was forwarded is carried out even then. */
    void takeRequests() throws IOException, InterruptedException {
        while (clientSpeaks()) {
            if (upgraded) {
                HttpBody.relayAll(fromClient, upstream.out());
                return;
            }
            HttpHead head = HttpHead.read(fromClient).orElseThrow(EOFException::new);
            turn.acquire();
            if (head.first("Expect").isPresent()) {
                toClient.write(CONTINUE);
                toClient.flush();
            }
            byte[] body = HttpBody.read(head, fromClient);
            AtomicReference<Call> call = proxy.record(head, body);
            current = call;
            keep();
            Optional<End> end = proxy.strike(call.get(), Moment.BEFORE_FORWARDING);
            letGo();
            if (end.isEmpty()) {
                OutputStream toServer = upstream.out();
                call.updateAndGet(Call::passedOn);
                toServer.write(head.withLength(body.length).bytes());
                toServer.write(body);
                toServer.flush();
            } else if (end.get() instanceof Answer answer) {
                call.updateAndGet(seen -> seen.answered(answer.status()));
                send(answer);
                turn.release();
            } else {
                cut();
                return;
            }
        }
        AtomicReference<Call> last = current;
        if (last != null && last.get().isWrite()) {
            turn.acquire();
        }
    }

    private synchronized void keep() {
        kept = true;
    }

    /**
     * The API server closes connections that are idle for 90 seconds; a call that was held for longer uses a new one.
     */
    private synchronized void letGo() throws IOException {
        kept = false;
        if (lost && !ended) {
            lost = false;
            upstream.close();
            upstream = proxy.connect();
            upstream.tls().startHandshake();
            proxy.relayAnswersOf(this);
        }
    }

    private synchronized boolean isLostWhileKept() {
        lost = kept && !ended;
        return lost;
    }

    /** Waits for the first byte from the client: only then is it known whether it speaks HTTP. */
    private boolean clientSpeaks() {
        try {
            fromClient.mark(1);
            if (fromClient.read() < 0) {
                return false;
            }
            fromClient.reset();
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /**
     * Relays answers until the API server goes away; then this connection ends, unless a held call has yet to be
     * forwarded.
     */
    void relayAnswers() throws IOException, InterruptedException {
        boolean lostWhileKept = false;
        try {
            lostWhileKept = relayAnswersFrom(upstream.in());
        } finally {
            if (!lostWhileKept) {
                turn.release();
                close();
            }
        }
    }

    /** {@return whether the API server went away while a call was held} */
    private boolean relayAnswersFrom(InputStream fromServer) throws IOException, InterruptedException {
        for (Optional<HttpHead> next = head(fromServer); next.isPresent(); next = head(fromServer)) {
            HttpHead head = next.get();
            AtomicReference<Call> call = current;
            if (call == null || head.status() < 200 && head.status() != SWITCHING_PROTOCOLS) {
                continue;
            }
            int status = head.status();
            Call answered = call.updateAndGet(seen -> seen.answered(status));
            Optional<End> end = proxy.strike(answered, Moment.BEFORE_ANSWER);
            if (end.isPresent()) {
                switch (end.get()) {
                    case Answer answer -> send(answer.last());
                    case Cut _ -> cut();
                }
                return false;
            }
            if (status == SWITCHING_PROTOCOLS) {
                upgraded = true;
                toClient.write(head.bytes());
                toClient.flush();
                HttpBody.relayAll(fromServer, toClient);
                return false;
            }
            if (!HttpBody.relay(answered.method(), head, fromServer, toClient)) {
                return false;
            }
            turn.release();
        }
        return isLostWhileKept();
    }

    private static Optional<HttpHead> head(InputStream fromServer) {
        try {
            return HttpHead.read(fromServer);
        } catch (IOException _) {
            // cut, which counts as ended
            return Optional.empty();
        }
    }

    private void send(Answer answer) throws IOException {
        toClient.write(answer.head().bytes());
        toClient.write(answer.body());
        toClient.flush();
    }

    /** Cuts both sides at once, as a network does. */
    void cut() {
        ended = true;
        try {
            clientSocket.setSoLinger(true, 0);
        } catch (IOException _) {
            // closed already
        }
        close(clientSocket);
        close(upstream.socket());
    }

    @Override
    public void close() {
        ended = true;
        close(client);
        close(clientSocket);
        upstream.close();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // gone already
        }
    }
}
