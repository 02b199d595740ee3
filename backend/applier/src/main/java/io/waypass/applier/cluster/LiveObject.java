package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.certificate.CertificateFingerprints;
import io.waypass.manifests.SecretFingerprints;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** An object as the API server has it. Its text form leaves the content out. */
public final class LiveObject {

    private static final Set<String> ENTRIES = Set.of("tls.crt", "tls.key", "ca.crt");

    private final ObjectNode json;

    LiveObject(ObjectNode json) {
        this.json = json;
    }

    /**
     * Whether it is the one that Waypass keeps for an identity.
     *
     * @param identity {@code idn_…}
     * @return true if it carries our label and that identity
     */
    public boolean belongsTo(String identity) {
        return identity().filter(identity::equals).isPresent();
    }

    /** {@return the field managers that wrote it, in words} */
    public String managers() {
        List<String> names = StreamSupport.stream(
                        json.path("metadata").path("managedFields").spliterator(), false)
                .map(entry -> entry.path("manager").asText())
                .filter(name -> !name.isBlank())
                .distinct()
                .toList();
        return names.isEmpty() ? "nobody in particular" : String.join(", ", names);
    }

    /** {@return when it was created, if it says so} */
    public Optional<Instant> createdAt() {
        String created = json.path("metadata").path("creationTimestamp").asText();
        return created.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(created));
    }

    /**
     * Entries of a Secret that Waypass never writes. They count: istiod prefers {@code cert} and {@code key} to {@code
     * tls.crt} and {@code tls.key}, so that another certificate than the approved one would be presented (measured).
     *
     * @return names of the entries; none for what is no Secret
     */
    public List<String> otherEntries() {
        if (!json.path("kind").asText().equals("Secret")) {
            return List.of();
        }
        return json.path("data").properties().stream()
                .map(Map.Entry::getKey)
                .filter(entry -> !ENTRIES.contains(entry))
                .sorted()
                .toList();
    }

    /** {@return its kind} */
    public String kind() {
        return json.path("kind").asText();
    }

    /** {@return the identity that Waypass keeps it for, if it carries our label} */
    public Optional<String> identity() {
        JsonNode metadata = json.path("metadata");
        String identity =
                metadata.path("annotations").path("waypass.io/identity").asText();
        return metadata.path("labels")
                                .path("app.kubernetes.io/managed-by")
                                .asText()
                                .equals("waypass")
                        && !identity.isEmpty()
                ? Optional.of(identity)
                : Optional.empty();
    }

    /**
     * What is reported of it.
     *
     * @param type of the condition
     * @return {@code True} or {@code False}, {@code not reported} if nobody said either
     */
    public String condition(String type) {
        return StreamSupport.stream(json.at("/status/conditions").spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals(type))
                .map(condition -> condition.path("status").asText())
                .filter(status -> !status.equals("Unknown"))
                .findFirst()
                .orElse("not reported");
    }

    /** {@return its namespace, empty for what lives in none} */
    public String namespace() {
        return json.path("metadata").path("namespace").asText();
    }

    /** {@return its name} */
    public String name() {
        return json.path("metadata").path("name").asText();
    }

    /** {@return the API server's id of it} */
    public String uid() {
        return json.path("metadata").path("uid").asText();
    }

    /** {@return the API server's version of it} */
    public String resourceVersion() {
        return json.path("metadata").path("resourceVersion").asText();
    }

    /**
     * Looks into it.
     *
     * @param path JSON pointer
     * @return the value, missing node if there is none
     */
    public JsonNode at(String path) {
        return json.at(path);
    }

    /** {@return what stands for a Secret's content; none for what is no Secret} */
    public Optional<CertificateFingerprints> fingerprints() {
        if (!json.path("kind").asText().equals("Secret")) {
            return Optional.empty();
        }
        Map<String, String> seen = SecretFingerprints.of(entries());
        return Optional.of(new CertificateFingerprints(
                seen.getOrDefault("tls.crt", "missing"),
                seen.getOrDefault("tls.key", "missing"),
                seen.getOrDefault("ca.crt", "missing")));
    }

    private Map<String, String> entries() {
        Map<String, String> values = new LinkedHashMap<>();
        json.path("data")
                .properties()
                .forEach(entry -> values.put(entry.getKey(), entry.getValue().asText()));
        return values;
    }

    /** {@return the whole object as JSON; a Secret's values are replaced by their fingerprints} */
    public String comparable() {
        ObjectNode copy = json.deepCopy();
        if (copy.path("kind").asText().equals("Secret") && copy.path("data") instanceof ObjectNode data) {
            Map<String, String> values = entries();
            data.removeAll();
            SecretFingerprints.of(values).forEach(data::put);
        }
        return copy.toString();
    }

    @Override
    public String toString() {
        return text(kind(), namespace(), name());
    }

    static String text(String kind, @Nullable String namespace, String name) {
        return kind + " " + (namespace == null || namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
