package io.waypass.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** Calls the portal's REST API as one person. */
final class PortalApi implements AutoCloseable {

    /**
     * An answer of the API.
     *
     * @param status HTTP status
     * @param body JSON; a missing node if there was none
     */
    record Answer(int status, JsonNode body) {}

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newHttpClient();
    private final URI address;
    private final String token;
    private final Consumer<String> transcript;

    PortalApi(URI address, String token, Consumer<String> transcript) {
        this.address = address;
        this.token = token;
        this.transcript = transcript;
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    Answer post(String path, Map<String, ?> body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    Answer patch(String path, Map<String, ?> body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address.resolve("/api/v1" + path))
                .timeout(Duration.ofMinutes(5))
                .header("Authorization", "Bearer " + token);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), BodyHandlers.ofString());
            transcript.accept(response.headers().map() + "\n" + response.body());
            boolean json = response.headers()
                    .firstValue("Content-Type")
                    .filter(type -> type.contains("json"))
                    .isPresent();
            return new Answer(response.statusCode(), json ? JSON.readTree(response.body()) : MissingNode.getInstance());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
