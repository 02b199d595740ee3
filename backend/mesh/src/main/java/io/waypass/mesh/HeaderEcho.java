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
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * Behind the partner's nginx: answers {@code /headers} with all request headers as JSON, names in lower case, and
 * {@code /slow} with the same after the milliseconds in the query.
 */
final class HeaderEcho implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private HeaderEcho(HttpServer server) {
        this.server = server;
    }

    static HeaderEcho start() {
        try {
            HeaderEcho echo =
                    new HeaderEcho(HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0));
            echo.server.createContext("/", HeaderEcho::answer);
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

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            String query = exchange.getRequestURI().getQuery();
            if (exchange.getRequestURI().getPath().equals("/slow") && query != null) {
                TimeUnit.MILLISECONDS.sleep(Long.parseLong(query));
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
