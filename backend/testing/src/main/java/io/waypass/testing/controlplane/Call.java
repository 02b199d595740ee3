package io.waypass.testing.controlplane;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * A request to the API server that a {@link FaultProxy} saw. Absent parts of a request are the empty string.
 *
 * @param number counts from 1 in the order of arrival
 * @param at time of arrival
 * @param path without the query
 * @param query as it was written, without the question mark
 * @param plural kind of object as in paths: {@code configmaps}
 * @param namespace of the object
 * @param name of the object; for a new one from its body
 * @param subresource {@code status} and the like
 * @param watch whether the answer continues until one side ends it
 * @param dryRun whether it changes nothing
 * @param fieldManager the manager that writes
 * @param force whether it takes fields from other managers
 * @param body JSON or YAML; of Secrets only the keys, with empty values; a missing node where there is none or it is
 * neither
 * @param forwarded whether it was passed on to the API server
 * @param status of the API server's answer, even where the client never saw it, or of a fault in its place; 0 while
 * there is no answer
 */
public record Call(
        long number,
        Instant at,
        String method,
        String path,
        String query,
        String plural,
        String namespace,
        String name,
        String subresource,
        boolean watch,
        boolean dryRun,
        String fieldManager,
        boolean force,
        JsonNode body,
        boolean forwarded,
        int status) {

    private static final Set<String> WRITING = Set.of("POST", "PUT", "PATCH", "DELETE");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final KubernetesSerialization YAML = new KubernetesSerialization(new ObjectMapper(), false);

    static Call of(HttpHead request, byte[] bytes) {
        String[] target = request.target().split("\\?", 2);
        String path = target[0];
        String query = target.length > 1 ? target[1] : "";
        Place place = Place.of(path);
        JsonNode body = parse(bytes);
        String name = place.name();
        if (name.isEmpty() && request.method().equals("POST")) {
            name = body.path("metadata").path("name").asText("");
        }
        return new Call(
                0,
                Instant.now(),
                request.method(),
                path,
                query,
                place.plural(),
                place.namespace(),
                name,
                place.subresource(),
                isTrue(parameter(query, "watch")),
                !parameter(query, "dryRun").isEmpty() || !body.path("dryRun").isEmpty(),
                parameter(query, "fieldManager"),
                isTrue(parameter(query, "force")),
                withoutSecrets(place.plural(), body),
                false,
                0);
    }

    /**
     * {@return whether this changes the cluster: a request that writes, is no dry run, and is no review of a user's
     * identity or rights}
     */
    public boolean isWrite() {
        return WRITING.contains(method)
                && !dryRun
                && !path.startsWith("/apis/authorization.k8s.io/")
                && !path.startsWith("/apis/authentication.k8s.io/");
    }

    Call numbered(long next) {
        return with(next, forwarded, status);
    }

    Call passedOn() {
        return with(number, true, status);
    }

    Call answered(int answer) {
        return with(number, forwarded, answer);
    }

    private Call with(long nowNumber, boolean nowForwarded, int nowStatus) {
        return new Call(
                nowNumber,
                at,
                method,
                path,
                query,
                plural,
                namespace,
                name,
                subresource,
                watch,
                dryRun,
                fieldManager,
                force,
                body,
                nowForwarded,
                nowStatus);
    }

    /** The parts of a path: {@code /api/v1/…} or {@code /apis/<group>/<version>/…}, below it a namespace or none. */
    private record Place(String plural, String namespace, String name, String subresource) {

        private static final Set<String> OF_NAMESPACES = Set.of("status", "finalize");

        static Place of(String path) {
            List<String> words =
                    List.of(path.substring(path.startsWith("/") ? 1 : 0).split("/"));
            int prefix = words.getFirst().equals("api") ? 2 : words.getFirst().equals("apis") ? 3 : words.size();
            List<String> rest = words.subList(Math.min(prefix, words.size()), words.size());
            String namespace = "";
            if (rest.size() > 2 && rest.getFirst().equals("namespaces") && !OF_NAMESPACES.contains(rest.get(2))) {
                namespace = rest.get(1);
                rest = rest.subList(2, rest.size());
            }
            return new Place(word(rest, 0), namespace, word(rest, 1), word(rest, 2));
        }

        private static String word(List<String> words, int index) {
            return index < words.size() ? words.get(index) : "";
        }
    }

    private static boolean isTrue(String value) {
        return value.equals("true") || value.equals("1");
    }

    private static String parameter(String query, String name) {
        for (String pair : query.split("&")) {
            String[] sides = pair.split("=", 2);
            if (sides[0].equals(name)) {
                return sides.length > 1 ? URLDecoder.decode(sides[1], StandardCharsets.UTF_8) : "";
            }
        }
        return "";
    }

    private static JsonNode parse(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8).strip();
        if (text.isEmpty()) {
            return MissingNode.getInstance();
        }
        try {
            return text.startsWith("{") || text.startsWith("[")
                    ? JSON.readTree(text)
                    : Objects.requireNonNull(YAML.unmarshal(text, JsonNode.class));
        } catch (JsonProcessingException | RuntimeException _) {
            return MissingNode.getInstance();
        }
    }

    /** Drops values wherever a request for Secrets can have them: objects, merge patches and JSON patches. */
    private static JsonNode withoutSecrets(String plural, JsonNode body) {
        if (!plural.equals("secrets") && !body.path("kind").asText().equals("Secret")) {
            return body;
        }
        for (String field : List.of("data", "stringData")) {
            if (body.path(field) instanceof ObjectNode values) {
                values.properties().stream().map(Map.Entry::getKey).toList().forEach(key -> values.put(key, ""));
            }
        }
        if (body.path("metadata").path("annotations") instanceof ObjectNode annotations) {
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
        if (body.isArray()) {
            body.forEach(operation -> {
                if (operation instanceof ObjectNode fields) {
                    fields.remove("value");
                }
            });
        }
        return body;
    }
}
