package io.waypass.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import java.util.List;
import java.util.Optional;

/**
 * The changes that applying an object would make, as a unified diff of its YAML. Only fields that Waypass would write
 * are compared: status, managed fields, defaults of the API server and fields that others added do not appear.
 *
 * <p>Of a Secret, fingerprints are compared: the caller puts {@link SecretFingerprints} in place of the live Secret's
 * data. If it does not, {@code withheld} is shown in place of the values.
 */
public final class ObjectDiff {

    private static final int CONTEXT_LINES = 3;

    /**
     * In characters of YAML. The time for a diff grows with the square of what differs; Waypass's objects have a few
     * thousand characters.
     */
    private static final int LARGEST = 64 * 1024;

    private static final String NOTHING = "/dev/null";

    private ObjectDiff() {}

    /**
     * Compares the live object with the desired one.
     *
     * @param liveJson the object in the cluster, if there is one
     * @param desiredJson the object as rendered
     * @return a unified diff, every line ended by a line feed; empty if nothing differs, the whole object in added
     * lines if it does not exist yet
     * @throws IllegalArgumentException if either is not a JSON object; the message has no content of them
     */
    public static String between(Optional<String> liveJson, String desiredJson) {
        ObjectNode desired = CanonicalJson.object(desiredJson);
        String name = name(desired);
        String after = ManifestYaml.of(desired);
        return liveJson.map(json -> {
                    ObjectNode live = SecretContent.withheld(CanonicalJson.object(json));
                    return unified(name, ManifestYaml.of((ObjectNode) owned(live, desired)), name, after);
                })
                .orElseGet(() -> unified(NOTHING, "", name, after));
    }

    /**
     * Compares the live object with the desired one without a diff: in time that grows only linearly with the size,
     * whatever the live object holds.
     *
     * @param liveJson the object in the cluster
     * @param desiredJson the object as rendered
     * @return whether every field that Waypass would write has its value
     * @throws IllegalArgumentException if either is not a JSON object; the message has no content of them
     */
    public static boolean same(String liveJson, String desiredJson) {
        ObjectNode desired = CanonicalJson.object(desiredJson);
        return CanonicalJson.write(owned(CanonicalJson.object(liveJson), desired))
                .equals(CanonicalJson.write(desired));
    }

    /**
     * Shows what a retirement removes.
     *
     * @param manifestJson the object as it was rendered
     * @return a unified diff with the whole object in removed lines
     * @throws IllegalArgumentException if it is not a JSON object
     */
    public static String removal(String manifestJson) {
        ObjectNode object = CanonicalJson.object(manifestJson);
        return unified(name(object), ManifestYaml.of(object), NOTHING, "");
    }

    private static String name(ObjectNode object) {
        JsonNode metadata = object.path("metadata");
        return object.path("kind").asText() + "/" + metadata.path("namespace").asText() + "/"
                + metadata.path("name").asText();
    }

    private static JsonNode owned(JsonNode live, JsonNode desired) {
        if (live instanceof ObjectNode members && desired instanceof ObjectNode wanted) {
            ObjectNode result = members.objectNode();
            wanted.properties().forEach(entry -> {
                JsonNode value = members.get(entry.getKey());
                if (value != null && !value.isNull()) {
                    result.set(entry.getKey(), owned(value, entry.getValue()));
                }
            });
            return result;
        }
        if (live instanceof ArrayNode elements && desired instanceof ArrayNode wanted) {
            ArrayNode result = elements.arrayNode();
            for (int i = 0; i < elements.size(); i++) {
                result.add(i < wanted.size() ? owned(elements.get(i), wanted.get(i)) : elements.get(i));
            }
            return result;
        }
        return live;
    }

    private static String unified(String beforeName, String before, String afterName, String after) {
        if (before.length() > LARGEST) {
            return "--- " + beforeName + "\n+++ " + afterName + "\n@@ too large to compare: " + before.length()
                    + " characters @@\n";
        }
        List<String> beforeLines = before.lines().toList();
        List<String> diff = UnifiedDiffUtils.generateUnifiedDiff(
                beforeName,
                afterName,
                beforeLines,
                DiffUtils.diff(beforeLines, after.lines().toList()),
                CONTEXT_LINES);
        return diff.isEmpty() ? "" : String.join("\n", diff) + "\n";
    }
}
