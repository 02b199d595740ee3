package io.waypass.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Manifests as YAML for people to read and compare: block style, and keys in the order in which they are usually
 * written.
 */
public final class ManifestYaml {

    /** Other keys follow in alphabetical order. */
    private static final List<String> ORDER = List.of(
            "apiVersion",
            "group",
            "kind",
            "metadata",
            "type",
            "spec",
            "data",
            "name",
            "namespace",
            "labels",
            "annotations",
            "host",
            "hosts",
            "hostnames",
            "exportTo",
            "location",
            "resolution",
            "ports",
            "endpoints",
            "parentRefs",
            "targetRefs",
            "action",
            "mode",
            "credentialName",
            "sni",
            "subjectAltNames",
            "matches",
            "filters",
            "backendRefs",
            "from",
            "when");

    private static final Comparator<String> READING_ORDER = Comparator.<String>comparingInt(
                    key -> ORDER.contains(key) ? ORDER.indexOf(key) : ORDER.size())
            .thenComparing(Comparator.naturalOrder());

    private ManifestYaml() {}

    /** {@return YAML that ends in a line feed} */
    public static String of(Manifest manifest) {
        return of(CanonicalJson.object(manifest.json()));
    }

    /** {@return YAML documents in the given order with {@code ---} between them} */
    public static String of(List<Manifest> manifests) {
        return manifests.stream().map(ManifestYaml::of).collect(Collectors.joining("---\n"));
    }

    /** Formats any object; the values of a Secret are withheld. */
    static String of(ObjectNode object) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        options.setSplitLines(false);
        options.setLineBreak(DumperOptions.LineBreak.UNIX);
        // Each call gets its own writer: SnakeYAML's is not safe to share between threads.
        return new Yaml(options).dump(value(SecretContent.withheld(object)));
    }

    private static @Nullable Object value(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                Map<String, @Nullable Object> members = new LinkedHashMap<>();
                object.properties().stream()
                        .sorted(Map.Entry.comparingByKey(READING_ORDER))
                        .forEach(entry -> members.put(entry.getKey(), value(entry.getValue())));
                yield members;
            }
            case ArrayNode array -> {
                List<@Nullable Object> elements = new ArrayList<>();
                array.forEach(element -> elements.add(value(element)));
                yield elements;
            }
            default -> {
                if (node.isNull()) {
                    yield null;
                }
                if (node.isBoolean()) {
                    yield node.booleanValue();
                }
                yield node.isNumber() ? node.numberValue() : node.asText();
            }
        };
    }
}
