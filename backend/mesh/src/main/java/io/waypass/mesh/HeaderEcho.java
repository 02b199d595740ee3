package io.waypass.mesh;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.json.JsonMapper;

/**
 * Behind the partner's nginx: answers {@code /headers} with all request headers as JSON, names in lower case, and {@code
 * /held} with the same once it is released.
 */
final class HeaderEcho implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore held = new Semaphore(0);
    private final Semaphore released = new Semaphore(0);

    private HeaderEcho(HttpServer server) {
        this.server = server;
    }

    static HeaderEcho start() {
        try {
            HeaderEcho echo =
                    new HeaderEcho(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            echo.server.createContext("/", echo::answer);
            echo.server.setExecutor(echo.threads);
            echo.server.start();
            return echo;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Waits until a call is held. */
    void awaitHeld() throws InterruptedException {
        held.acquire();
    }

    /** Lets a held call be answered. */
    void release() {
        released.release();
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.stop(0);
        threads.close();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/held")) {
                held.release();
                released.acquire();
            }
            Map<String, Object> headers = new TreeMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(
                            name.toLowerCase(Locale.ROOT), values.size() == 1 ? values.getFirst() : values));
            byte[] body = JSON.writeValueAsBytes(headers);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
