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
    private final Socket serverSocket;
    private final SSLSocket client;
    private final SSLSocket server;
    private final InputStream fromClient;
    private final OutputStream toClient;
    private final InputStream fromServer;
    private final OutputStream toServer;

    /** Taken by a request, given back when its answer has been passed on. */
    private final Semaphore turn = new Semaphore(1);

    private volatile @Nullable AtomicReference<Call> current;
    private volatile boolean upgraded;

    /** Both ways in clear, and the same in TLS over them. */
    ProxiedConnection(FaultProxy proxy, Socket clientSocket, SSLSocket client, Socket serverSocket, SSLSocket server)
            throws IOException {
        this.proxy = proxy;
        this.clientSocket = clientSocket;
        this.serverSocket = serverSocket;
        this.client = client;
        this.server = server;
        this.fromClient = new BufferedInputStream(client.getInputStream());
        this.toClient = new BufferedOutputStream(client.getOutputStream(), 16 * 1024);
        this.fromServer = new BufferedInputStream(server.getInputStream());
        this.toServer = new BufferedOutputStream(server.getOutputStream(), 16 * 1024);
    }

    void handshake() throws IOException {
        client.startHandshake();
        server.startHandshake();
    }

    /** Takes requests until the client goes away; a write that was forwarded is carried through even then. */
    void takeRequests() throws IOException, InterruptedException {
        while (clientSpeaks()) {
            if (upgraded) {
                HttpBody.relayAll(fromClient, toServer);
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
            Optional<End> end = proxy.strike(call.get(), Moment.BEFORE_FORWARDING);
            if (end.isEmpty()) {
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

    /** Passes answers on until the API server goes away. */
    void relayAnswers() throws IOException, InterruptedException {
        try {
            for (Optional<HttpHead> next = HttpHead.read(fromServer);
                    next.isPresent();
                    next = HttpHead.read(fromServer)) {
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
                    return;
                }
                if (status == SWITCHING_PROTOCOLS) {
                    upgraded = true;
                    toClient.write(head.bytes());
                    toClient.flush();
                    HttpBody.relayAll(fromServer, toClient);
                    return;
                }
                if (!HttpBody.relay(answered.method(), head, fromServer, toClient)) {
                    return;
                }
                turn.release();
            }
        } finally {
            turn.release();
        }
    }

    private void send(Answer answer) throws IOException {
        toClient.write(answer.head().bytes());
        toClient.write(answer.body());
        toClient.flush();
    }

    /** Breaks off both sides at once, as a network does. */
    void cut() {
        try {
            clientSocket.setSoLinger(true, 0);
        } catch (IOException _) {
            // closed already
        }
        close(clientSocket);
        close(serverSocket);
    }

    @Override
    public void close() {
        close(client);
        close(server);
        close(clientSocket);
        close(serverSocket);
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // gone already
        }
    }
}
