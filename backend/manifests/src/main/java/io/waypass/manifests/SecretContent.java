package io.waypass.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The last guard before an object is shown: of a Secret's content, only fingerprints pass. */
final class SecretContent {

    private static final String WITHHELD = "withheld";

    private SecretContent() {}

    /** Returns the object itself if it is no Secret, otherwise a copy without anything that may be a value. */
    static ObjectNode withheld(ObjectNode object) {
        if (!object.path("kind").asText().equals("Secret")) {
            return object;
        }
        ObjectNode shown = object.deepCopy();
        withhold(shown, "data");
        withhold(shown, "stringData");
        if (shown.path("metadata").path("annotations") instanceof ObjectNode annotations) {
            // kubectl apply stores the whole Secret in it.
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
        return shown;
    }

    private static void withhold(ObjectNode secret, String member) {
        JsonNode content = secret.get(member);
        if (content instanceof ObjectNode values) {
            values.properties().forEach(entry -> {
                JsonNode value = entry.getValue();
                if (!value.isTextual() || !SecretFingerprints.isFingerprint(value.textValue())) {
                    entry.setValue(values.textNode(WITHHELD));
                }
            });
        } else if (content != null && !content.isNull()) {
            secret.put(member, WITHHELD);
        }
    }
}
