package io.waypass.bootstrap;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** An HTTP server on the loopback interface that serves files, or fails to. */
final class PublishedFilesServer implements AutoCloseable {

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, HttpHandler> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);

    PublishedFilesServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath().substring(1);
            asked.add(path);
            answers.getOrDefault(path, missing -> missing.sendResponseHeaders(404, -1))
                    .handle(exchange);
            exchange.close();
        });
        server.start();
    }

    /** {@return its address, ending in a slash} */
    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    /** {@return number of requests for a path} */
    long asked(String path) {
        return asked.stream().filter(path::equals).count();
    }

    void has(String path, byte[] bytes) {
        answers.put(path, exchange -> send(exchange, bytes, bytes.length));
    }

    void redirects(String path, String to) {
        answers.put(path, exchange -> {
            exchange.getResponseHeaders().set("Location", address() + to);
            exchange.sendResponseHeaders(302, -1);
        });
    }

    /** Sends half of the file, then breaks the connection. */
    void cuts(String path, byte[] bytes) {
        answers.put(path, exchange -> send(exchange, bytes, bytes.length / 2));
    }

    /** Sends half of the file, then nothing for as long as the server lives. */
    void stalls(String path, byte[] bytes) {
        has(path, bytes, closing);
    }

    /** Sends half of the file, and the rest once a latch is open. */
    void has(String path, byte[] bytes, CountDownLatch rest) {
        answers.put(path, exchange -> {
            exchange.sendResponseHeaders(200, bytes.length);
            int half = bytes.length / 2;
            exchange.getResponseBody().write(bytes, 0, half);
            exchange.getResponseBody().flush();
            try {
                rest.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            exchange.getResponseBody().write(bytes, half, bytes.length - half);
        });
    }

    private static void send(HttpExchange exchange, byte[] bytes, int sent) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(Arrays.copyOf(bytes, sent));
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        closing.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
