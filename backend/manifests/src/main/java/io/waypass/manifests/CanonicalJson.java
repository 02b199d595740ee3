package io.waypass.manifests;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.TreeSet;

/**
 * The canonical form of a JSON value: keys sorted by UTF-16 code unit (as RFC 8785 sorts them), no insignificant white
 * space, members that are null left out.
 */
final class CanonicalJson {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private CanonicalJson() {}

    /** Converts a typed object to a tree; unset and empty members, which fabric8's models leave out, stay out. */
    static JsonNode tree(Object model) {
        return JSON.valueToTree(model);
    }

    /**
     * Parses an object. The exception's message never contains the text, which may be a live Secret's.
     *
     * @throws IllegalArgumentException if it is not one JSON object, or has a duplicate member
     */
    static ObjectNode object(String json) {
        try {
            if (JSON.readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(
                    "not JSON, at character " + e.getLocation().getCharOffset());
        }
        throw new IllegalArgumentException("not a JSON object");
    }

    static String write(JsonNode tree) {
        try {
            return JSON.writeValueAsString(sorted(tree));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree could not be written", e);
        }
    }

    private static JsonNode sorted(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                ObjectNode result = JsonNodeFactory.instance.objectNode();
                TreeSet<String> names = new TreeSet<>();
                object.fieldNames().forEachRemaining(names::add);
                for (String name : names) {
                    if (!object.get(name).isNull()) {
                        result.set(name, sorted(object.get(name)));
                    }
                }
                yield result;
            }
            case ArrayNode array -> {
                ArrayNode result = JsonNodeFactory.instance.arrayNode();
                array.forEach(element -> result.add(sorted(element)));
                yield result;
            }
            default -> node;
        };
    }
}
