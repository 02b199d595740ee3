package io.waypass.chart;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * An object that a client tries to create.
 *
 * @param name for people
 * @param by the client
 * @param refusedBy the policies that refuse it, one or the other of them first; none if it is allowed
 */
record Attempt(String name, String by, List<String> refusedBy, GenericKubernetesResource object) {

    /** Reads the attempts of a file. */
    @SuppressWarnings("unchecked")
    static List<Attempt> read(String file) {
        try (InputStream stream = Attempt.class.getResourceAsStream("/guard-rails/" + file)) {
            List<Map<String, Object>> attempts = new Yaml().load(stream);
            return attempts.stream()
                    .map(attempt -> new Attempt(
                            (String) attempt.get("attempt"),
                            (String) attempt.getOrDefault("by", "tenant"),
                            switch (attempt.get("refusedBy")) {
                                case null -> List.of();
                                case List<?> several -> (List<String>) several;
                                case Object one -> List.of((String) one);
                            },
                            object((Map<String, Object>) attempt.get("spec"))))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static GenericKubernetesResource object(Map<String, Object> attempt) {
        String[] kind = ((String) attempt.get("kind")).split(" ");
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setApiVersion(kind[0]);
        object.setKind(kind[1]);
        object.setMetadata(new ObjectMetaBuilder()
                .withName((String) attempt.getOrDefault("name", "own"))
                .withNamespace(
                        kind[1].equals("Namespace") ? null : (String) attempt.getOrDefault("namespace", "rivals"))
                .withLabels((Map<String, String>) attempt.get("labels"))
                .build());
        if (attempt.containsKey("spec")) {
            object.setAdditionalProperty("spec", attempt.get("spec"));
        }
        return object;
    }

    @Override
    public String toString() {
        return by + ": " + name + " (" + object.getKind() + ")";
    }
}
