package io.waypass.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/**
 * Ownership of an object's fields by its {@code metadata.managedFields} (server-side apply). A client that changes a
 * field that Waypass applied becomes its owner instead, even if the fields that Waypass compares do not show the
 * change, such as one within a list that is owned as a whole.
 */
public final class OwnedFields {

    private OwnedFields() {}

    /**
     * Which fields of a manifest Waypass no longer owns.
     *
     * @param liveJson the object in the cluster, with its managed fields
     * @param desiredJson the object as it was applied
     * @param manager Waypass's name as a field manager
     * @return current owner by path such as {@code spec.host}; an empty name if the field has no owner. Empty if no
     * field was lost
     */
    public static SortedMap<String, String> lost(String liveJson, String desiredJson, String manager) {
        JsonNode entries = CanonicalJson.object(liveJson).path("metadata").path("managedFields");
        List<JsonNode> ours = new ArrayList<>();
        List<Map.Entry<String, JsonNode>> others = new ArrayList<>();
        for (JsonNode entry : entries) {
            if (entry.path("manager").asText().equals(manager)
                    && entry.path("operation").asText().equals("Apply")
                    && entry.path("subresource").isMissingNode()) {
                ours.add(entry.path("fieldsV1"));
            } else {
                others.add(Map.entry(entry.path("manager").asText(), entry.path("fieldsV1")));
            }
        }
        SortedMap<String, String> lost = new TreeMap<>();
        for (String path : leaves(CanonicalJson.object(desiredJson))) {
            if (ours.stream().noneMatch(fields -> covers(fields, path))) {
                StringJoiner owners = new StringJoiner(", ");
                others.stream()
                        .filter(other -> covers(other.getValue(), path))
                        .map(Map.Entry::getKey)
                        .distinct()
                        .forEach(owners::add);
                lost.put(path.replace(SEPARATOR, '.'), owners.toString());
            }
        }
        return lost;
    }

    /**
     * The fields that an apply of a manifest would own, lists as a whole.
     *
     * @param json a manifest
     * @return paths such as {@code spec.host}, sorted; in a label's or annotation's name dots are kept
     */
    public static List<String> leaves(String json) {
        return leaves(CanonicalJson.object(json)).stream()
                .map(path -> path.replace(SEPARATOR, '.'))
                .sorted()
                .toList();
    }

    /** Names of labels contain dots; names of fields never contain this. */
    private static final char SEPARATOR = '\u0000';

    private static List<String> leaves(ObjectNode object) {
        List<String> leaves = new ArrayList<>();
        object.properties().forEach(member -> {
            // these identify the object and have no owner
            if (!member.getKey().equals("apiVersion") && !member.getKey().equals("kind")) {
                collect(member.getKey(), member.getValue(), leaves);
            }
        });
        leaves.remove("metadata" + SEPARATOR + "name");
        leaves.remove("metadata" + SEPARATOR + "namespace");
        return leaves;
    }

    private static void collect(String at, JsonNode node, List<String> leaves) {
        if (node instanceof ObjectNode object && !object.isEmpty()) {
            object.properties().forEach(member -> collect(at + SEPARATOR + member.getKey(), member.getValue(), leaves));
        } else if (!(node instanceof ArrayNode array && array.isEmpty())) {
            leaves.add(at);
        }
    }

    private static boolean covers(JsonNode fields, String path) {
        JsonNode at = fields;
        for (String name : path.split(String.valueOf(SEPARATOR))) {
            JsonNode next = at.get("f:" + name);
            if (next == null) {
                // a parent is owned as a whole
                return at != fields && at.isEmpty();
            }
            at = next;
        }
        return true;
    }
}
