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
 * A client's connection and its own one to the API server: what becomes of one becomes of the other. One thread takes
 * requests, another passes answers on, so that either side is seen to go away while the other is silent.
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

    /** Taken by a request, given back when its answer has been passed on. */
    private final Semaphore turn = new Semaphore(1);

    private volatile @Nullable AtomicReference<Call> current;
    private volatile boolean upgraded;
    private volatile boolean ended;

    /** Whether a call is kept from the API server, and whether the way there was closed meanwhile. Guarded by this. */
    private boolean kept;

    private boolean lost;

    /** A way to the API server: in clear, and in TLS over that. */
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

    /** The client's way in clear and in TLS over that, and one to the API server. */
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

    /** Takes requests until the client goes away; a write that was forwarded is carried through even then. */
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

    /** The API server closes what is idle for 90 seconds; what was kept for longer goes another way. */
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

    /** Waits for the first byte of whatever the client sends next: only then is it known whether that is HTTP. */
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

    /** Passes answers on until the API server goes away; then this connection ends, unless a call is kept that has yet to go there. */
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

    /** {@return whether the API server went away while a call was kept} */
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
            // broken off, which is the same as ended
            return Optional.empty();
        }
    }

    private void send(Answer answer) throws IOException {
        toClient.write(answer.head().bytes());
        toClient.write(answer.body());
        toClient.flush();
    }

    /** Breaks off both sides at once, as a network does. */
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
