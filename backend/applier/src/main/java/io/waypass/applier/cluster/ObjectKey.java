package io.waypass.applier.cluster;

import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.ObjectPlace;

/**
 * Where an object is.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param namespace empty for what lives in none
 * @param name its name
 */
public record ObjectKey(String apiVersion, String kind, String namespace, String name) {

    /**
     * Where an object of a kind is.
     *
     * @param kind of the object
     * @param namespace empty for what lives in none
     * @param name of the object; empty for all of them
     * @return the key
     */
    public static ObjectKey of(ObjectKind kind, String namespace, String name) {
        return new ObjectKey(kind.apiVersion(), kind.kind(), namespace, name);
    }

    /** {@return where a manifest's object belongs} @param manifest of the object */
    public static ObjectKey of(Manifest manifest) {
        return new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name());
    }

    /** {@return all objects of a kind, to be watched} @param kind of the objects */
    public static ObjectKey all(ObjectKind kind) {
        return of(kind, "", "");
    }

    /** {@return the same place as the database has it} */
    public ObjectPlace place() {
        return new ObjectPlace(kind, namespace, name);
    }

    /** {@return the kind's name in addresses; the applier deals with the kinds of the registry alone} */
    String plural() {
        return ObjectKind.of(kind).plural();
    }

    String group() {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    String version() {
        return apiVersion.substring(apiVersion.indexOf('/') + 1);
    }

    /** {@return where it is, below the API server's address} */
    String path() {
        return (group().isEmpty() ? "/api/" : "/apis/" + group() + "/") + version()
                + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + plural() + "/" + name;
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
