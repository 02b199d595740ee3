package io.waypass.manifests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.waypass.resource.ResourceKind;
import java.util.Comparator;
import java.util.List;

/**
 * One object as it is planned, approved, stored and applied. Two manifests are equal if and only if they have the same
 * content, however their JSON was formatted: a round trip through {@code jsonb} changes nothing.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param json the whole object as canonical JSON (keys sorted, no insignificant white space, nulls left out); a
 * Secret's {@code data} has fingerprints in place of values
 */
public record Manifest(String apiVersion, String kind, String namespace, String name, String json) {

    /**
     * Converts the JSON to its canonical form.
     *
     * @throws IllegalArgumentException if the JSON is no object, or differs from the other components
     */
    public Manifest {
        ObjectNode tree = CanonicalJson.object(json);
        agree(tree.path("apiVersion"), apiVersion);
        agree(tree.path("kind"), kind);
        agree(tree.path("metadata").path("namespace"), namespace);
        agree(tree.path("metadata").path("name"), name);
        json = CanonicalJson.write(tree);
    }

    /**
     * Parses a manifest.
     *
     * @param json an object with apiVersion, kind, namespace and name
     * @throws IllegalArgumentException if it is no such object
     */
    public static Manifest of(String json) {
        return of(CanonicalJson.object(json));
    }

    /** {@return the whole object as a tree of its own, which may be changed} */
    public ObjectNode tree() {
        return CanonicalJson.object(json);
    }

    /**
     * The resource that the object belongs to, by its annotation. An object in the cluster that has Waypass's label and the
     * same owner is this one.
     *
     * @throws IllegalStateException if it names none
     */
    public ObjectOwner owner() {
        JsonNode annotations = tree().path("metadata").path("annotations");
        return ObjectOwner.KINDS.stream()
                .filter(owner -> annotations.has(ObjectOwner.annotation(owner)))
                .map(owner -> new ObjectOwner(
                        owner, annotations.path(ObjectOwner.annotation(owner)).asText()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(kind + " " + name + " does not say whose it is"));
    }

    /** {@return whether its owner is of a kind, so that it is the own object of a resource of that kind that is planned} */
    public boolean belongsTo(ResourceKind owner) {
        return owner().kind() == owner;
    }

    /**
     * {@return whether identities share it, because its owner is a destination or a gateway: several resources' plans
     * contain it, and it stays when one of them is retired}
     */
    public boolean shared() {
        return !belongsTo(ResourceKind.IDENTITY);
    }

    /**
     * Sorts a resource's objects into the order of removal, the reverse of the order of apply: of an identity first the
     * policy that admits the app, then the route, and only after that the objects that the route relies on.
     *
     * @param objects in any order, of any revision
     */
    public static List<Manifest> inOrderOfRemoval(List<Manifest> objects) {
        return objects.stream()
                .sorted(Comparator.comparing((Manifest object) -> ObjectKind.of(object.kind()))
                        .reversed()
                        .thenComparing(Manifest::name))
                .toList();
    }

    /** {@return the object's JSON without its labels and annotations: its effect without its owner} */
    public String withoutMarks() {
        ObjectNode object = CanonicalJson.object(json);
        if (object.path("metadata") instanceof ObjectNode metadata) {
            metadata.remove(List.of("labels", "annotations"));
        }
        return CanonicalJson.write(object);
    }

    static Manifest of(JsonNode tree) {
        JsonNode metadata = tree.path("metadata");
        return new Manifest(
                tree.path("apiVersion").asText(),
                tree.path("kind").asText(),
                metadata.path("namespace").asText(),
                metadata.path("name").asText(),
                CanonicalJson.write(tree));
    }

    private static void agree(JsonNode found, String said) {
        if (said.isEmpty() || !found.isTextual() || !found.textValue().equals(said)) {
            throw new IllegalArgumentException(
                    "the object's JSON does not name the same apiVersion, kind, namespace and name as its manifest");
        }
    }
}
