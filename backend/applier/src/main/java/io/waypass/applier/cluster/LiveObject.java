package io.waypass.applier.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.fingerprint.CertificateFingerprints;
import io.waypass.manifests.Manifest;
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
 * An object as the API server has it. Of what a Secret holds only fingerprints are kept, from the first moment on; its text form leaves
 * the content out.
 */
public final class LiveObject {

    private static final Set<String> ENTRIES = Set.of("tls.crt", "tls.key", "ca.crt");
    private static final String WITHHELD = "withheld";

    /** What Waypass writes into its annotations; whatever else is in them was written by somebody else, and says nothing to us. */
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
            // kubectl apply leaves the whole Secret in it
            annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
        }
    }

    /**
     * Whether it is the one that a manifest describes, by the marks that it carries itself.
     *
     * @param manifest of an object of ours
     * @return true if it carries our label and says that it belongs to the same identity, destination or gateway
     */
    public boolean carriesMarksOf(Manifest manifest) {
        Map.Entry<String, String> owner = manifest.owner();
        return labelled()
                && json.path("metadata")
                        .path("annotations")
                        .path(owner.getKey())
                        .asText()
                        .equals(owner.getValue());
    }

    /** {@return whether it carries the label of what Waypass keeps} */
    public boolean labelled() {
        return json.path("metadata")
                .path("labels")
                .path("app.kubernetes.io/managed-by")
                .asText()
                .equals(ClusterObjects.FIELD_MANAGER);
    }

    /** {@return what keeps it from going although somebody deleted it; empty if nobody did} */
    public Optional<List<String>> heldBy() {
        JsonNode metadata = json.path("metadata");
        return metadata.path("deletionTimestamp").asText().isEmpty()
                ? Optional.empty()
                : Optional.of(StreamSupport.stream(metadata.path("finalizers").spliterator(), false)
                        .map(JsonNode::asText)
                        .toList());
    }

    /**
     * Which fields of a manifest are not ours any more: see {@link OwnedFields#lost}.
     *
     * @param manifest as it was applied
     * @return who has them now, by field
     */
    public SortedMap<String, String> lost(Manifest manifest) {
        return OwnedFields.lost(json.toString(), manifest.json(), ClusterObjects.FIELD_MANAGER);
    }

    /** {@return the field manager other than us that wrote something else than a status last; empty if there is none} */
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

    /** {@return when it was created, if it says so} */
    public Optional<Instant> createdAt() {
        String created = json.path("metadata").path("creationTimestamp").asText();
        return created.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(created));
    }

    /**
     * What others put into it that makes something else of it, so that it does not do what was approved although every approved field
     * has its value: entries of a Secret that istiod prefers to ours (measured), settings of a DestinationRule that take the place of
     * its TLS, a rule in the policy that is to have none.
     *
     * @param manifest as it was approved
     * @return entries, or paths of fields; empty if there is nothing of the kind
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

    /** {@return its kind} */
    public String kind() {
        return json.path("kind").asText();
    }

    /** {@return the identity that Waypass keeps it for, if it carries our label} */
    public Optional<String> identity() {
        String identity = annotation("waypass.io/identity");
        return labelled() && !identity.isEmpty() ? Optional.of(identity) : Optional.empty();
    }

    /** {@return the destination or the gateway whose identities share it, if it says so} */
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

    /** {@return where it is} */
    public ObjectKey key() {
        return ClusterObjects.key(json);
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
     * The object without status, managed fields and what others keep in its annotations, which may be copies of a Secret's values.
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
