package io.waypass.manifests;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The manifest of an object that is removed by its UID, whatever its content: it only identifies the object. */
public final class RemovalManifest {

    private RemovalManifest() {}

    /**
     * @param apiVersion such as {@code v1}
     * @param kind such as {@code Secret}
     * @param uid assigned by the API server; a later object with the same name has another one
     * @return the manifest: apiVersion, kind, and of the metadata name, namespace and uid
     */
    public static Manifest of(String apiVersion, String kind, String namespace, String name, String uid) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata")
                .put("namespace", namespace)
                .put("name", name)
                .put("uid", uid);
        return Manifest.of(object);
    }
}
