package io.waypass.manifests;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What stands in a plan for an object that is removed by its UID, whatever it holds: no more than names it. */
public final class RemovalManifest {

    private RemovalManifest() {}

    /**
     * Names an object.
     *
     * @param apiVersion such as {@code v1}
     * @param kind such as {@code Secret}
     * @param namespace where it is
     * @param name its name
     * @param uid the API server's: what takes the name later is another object
     * @return the manifest, with apiVersion, kind and of the metadata name, namespace and uid
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
