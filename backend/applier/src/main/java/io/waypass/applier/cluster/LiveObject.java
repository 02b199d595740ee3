package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectOwner;
import io.waypass.manifests.OwnedFields;
import io.waypass.manifests.SecretFingerprints;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * An object as the API server returns it. Values of a Secret are replaced by fingerprints at once; {@code toString}
 * leaves the content out.
 */
public final class LiveObject {

    private static final Set<String> ENTRIES = Set.of("tls.crt", "tls.key", "ca.crt");
    private static final String WITHHELD = "withheld";

    /**
     * The form of values that Waypass writes into its annotations; a value in any other form was written by another
     * client and is ignored.
     */
    private static final Pattern WRITTEN_BY_US = Pattern.compile("[-A-Za-z0-9_./]{1,127}");

    private static final List<String> MORE_TLS = List.of(
            "/spec/subsets",
            "/spec/workloadSelector",
            "/spec/trafficPolicy/portLevelSettings",
            "/spec/trafficPolicy/tls/insecureSkipVerify",
            "/spec/trafficPolicy/tls/clientCertificate",
            "/spec/trafficPolicy/tls/privateKey",
            "/spec/trafficPolicy/tls/caCertificates");

    private static final List<String> MORE_CALLERS = List.of("/spec/rules", "/spec/selector", "/spec/provider");

    private final ObjectNode json;

    LiveObject(ObjectNode json) {
        this.json = json;
        if (json.path("kind").asText().equals("Secret")) {
            withhold(json);
        }
    }

    private static void withhold(ObjectNode secret) {
        if (secret.path("data") instanceof ObjectNode data) {
            Map<String, String> values = new LinkedHashMap<>();
            data.properties()
                    .forEach(
                            entry -> values.put(entry.getKey(), entry.getValue().asText()));
            values.keySet().forEach(entry -> data.put(entry, WITHHELD));
            SecretFingerprints.of(values).forEach(data::put);
        }
        if (secret.at("/metadata/annotations") instanceof ObjectNode annotations) {
            // kubectl apply stores the whole Secret in it
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }

    /**
     * Whether it is the object that a manifest describes, according to its own marks.
     *
     * @param manifest of an object that Waypass manages
     * @return true if it has Waypass's label and names the same identity, destination or gateway
     */
    public boolean carriesMarksOf(Manifest manifest) {
        ObjectOwner owner = manifest.owner();
        return labelled()
                && json.path("metadata")
                        .path("annotations")
                        .path(owner.annotation())
                        .asText()
                        .equals(owner.name());
    }

    /** {@return whether it has the label of objects that Waypass manages} */
    public boolean labelled() {
        return json.path("metadata")
                .path("labels")
                .path("app.kubernetes.io/managed-by")
                .asText()
                .equals(ClusterObjects.FIELD_MANAGER);
    }

    /** {@return the finalizers that delay its deletion; empty if it is not being deleted} */
    public Optional<List<String>> heldBy() {
        JsonNode metadata = json.path("metadata");
        return metadata.path("deletionTimestamp").asText().isEmpty()
                ? Optional.empty()
                : Optional.of(StreamSupport.stream(metadata.path("finalizers").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList());
    }

    /**
     * Which fields of a manifest Waypass no longer owns: see {@link OwnedFields#lost}.
     *
     * @param manifest as it was applied
     * @return current owner by field
     */
    public SortedMap<String, String> lost(Manifest manifest) {
        return OwnedFields.lost(json.toString(), manifest.json(), ClusterObjects.FIELD_MANAGER);
    }

    /** {@return the other field manager that last wrote something besides a status; empty if there is none} */
    public String lastWriter() {
        return StreamSupport.stream(json.path("metadata").path("managedFields").spliterator(), false)
                .filter(entry -> !entry.path("manager").asText().equals(ClusterObjects.FIELD_MANAGER))
                .filter(entry -> entry.path("subresource").asText().isEmpty())
                .max(Comparator.comparing(entry -> entry.path("time").asText()))
                .map(entry -> entry.path("manager").asText())
                .orElse("");
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

    /** {@return when it was created, if it has that time} */
    public Optional<Instant> createdAt() {
        String created = json.path("metadata").path("creationTimestamp").asText();
        return created.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(created));
    }

    /**
     * Finds additions that change the object's effect, so that it does not do what was approved although every approved
     * field has its value: entries of a Secret that istiod prefers to Waypass's (measured), settings of a
     * DestinationRule that replace its TLS, a rule in the policy that must have none.
     *
     * @param manifest as it was approved
     * @return entries, or paths of fields; empty if there are none
     */
    public List<String> otherEntries(Manifest manifest) {
        return switch (kind()) {
            case "Secret" ->
                json.path("data").properties().stream()
                        .map(Map.Entry::getKey)
                        .filter(entry -> !ENTRIES.contains(entry))
                        .sorted()
                        .toList();
            case "DestinationRule" -> present(MORE_TLS, manifest);
            case "AuthorizationPolicy" -> present(MORE_CALLERS, manifest);
            default -> List.of();
        };
    }

    private List<String> present(List<String> pointers, Manifest manifest) {
        List<String> approved = OwnedFields.leaves(manifest.json());
        return pointers.stream()
                .filter(pointer ->
                        !json.at(pointer).isMissingNode() && !json.at(pointer).isNull())
                .map(pointer -> pointer.substring(1).replace('/', '.'))
                .filter(path -> !approved.contains(path))
                .toList();
    }

    public String kind() {
        return json.path("kind").asText();
    }

    /** {@return the identity that it belongs to, if it has Waypass's label} */
    public Optional<String> identity() {
        String identity = annotation("waypass.io/identity");
        return labelled() && !identity.isEmpty() ? Optional.of(identity) : Optional.empty();
    }

    /** {@return the destination or gateway whose identities share it, if it names one} */
    public Optional<String> sharedBy() {
        return Stream.of("waypass.io/destination", "waypass.io/gateway")
                .map(this::annotation)
                .filter(owner -> !owner.isEmpty())
                .findFirst();
    }

    private String annotation(String name) {
        String value = json.path("metadata").path("annotations").path(name).asText();
        return WRITTEN_BY_US.matcher(value).matches() ? value : "";
    }

    public ObjectKey key() {
        return ClusterObjects.key(json);
    }

    /**
     * Reads the status of a condition.
     *
     * @param type of the condition
     * @return {@code True} or {@code False}; {@code not reported} if there is neither
     */
    public String condition(String type) {
        return StreamSupport.stream(json.at("/status/conditions").spliterator(), false)
                .filter(condition -> condition.path("type").asText().equals(type))
                .map(condition -> condition.path("status").asText())
                .filter(status -> !status.equals("Unknown"))
                .findFirst()
                .orElse("not reported");
    }

    /** {@return its namespace, empty for a cluster-scoped object} */
    public String namespace() {
        return json.path("metadata").path("namespace").asText();
    }

    public String name() {
        return json.path("metadata").path("name").asText();
    }

    public String uid() {
        return json.path("metadata").path("uid").asText();
    }

    public String resourceVersion() {
        return json.path("metadata").path("resourceVersion").asText();
    }

    /**
     * @param path JSON pointer
     * @return the value, a missing node if there is none
     */
    public JsonNode at(String path) {
        return json.at(path);
    }

    /** {@return the fingerprints of a Secret's content; none for another object} */
    public Optional<CertificateFingerprints> fingerprints() {
        if (!kind().equals("Secret")) {
            return Optional.empty();
        }
        JsonNode data = json.path("data");
        return Optional.of(new CertificateFingerprints(
                data.path("tls.crt").asText("missing"),
                data.path("tls.key").asText("missing"),
                data.path("ca.crt").asText("missing")));
    }

    /**
     * The object without status, managed fields and annotations of others, which may be copies of a Secret's values.
     *
     * @return JSON; a Secret's values are replaced by their fingerprints
     */
    public String withoutForeignMetadata() {
        ObjectNode copy = json.deepCopy();
        copy.remove("status");
        if (copy.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove("managedFields");
            if (metadata.path("annotations") instanceof ObjectNode annotations) {
                List<String> foreign = new ArrayList<>();
                annotations.fieldNames().forEachRemaining(name -> {
                    if (!name.startsWith("waypass.io/")) {
                        foreign.add(name);
                    }
                });
                annotations.remove(foreign);
            }
        }
        return copy.toString();
    }

    /** {@return the whole object as JSON; a Secret's values are replaced by their fingerprints} */
    public String comparable() {
        return json.toString();
    }

    @Override
    public String toString() {
        return text(kind(), namespace(), name());
    }

    static String text(String kind, @Nullable String namespace, String name) {
        return kind + " " + (namespace == null || namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
