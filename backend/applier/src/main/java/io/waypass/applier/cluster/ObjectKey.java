package io.waypass.applier.cluster;

import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.resource.ObjectPlace;

/**
 * Address of an object in the cluster.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param namespace empty for a cluster-scoped object
 */
public record ObjectKey(String apiVersion, String kind, String namespace, String name) {

    /**
     * @param namespace empty for a cluster-scoped object
     * @param name of the object; empty for all of them
     */
    public static ObjectKey of(ObjectKind kind, String namespace, String name) {
        return new ObjectKey(kind.apiVersion(), kind.kind(), namespace, name);
    }

    public static ObjectKey of(Manifest manifest) {
        return new ObjectKey(manifest.apiVersion(), manifest.kind(), manifest.namespace(), manifest.name());
    }

    /** {@return the key of all objects of a kind, for a watch} */
    public static ObjectKey all(ObjectKind kind) {
        return of(kind, "", "");
    }

    /** {@return the same place in the form of the database} */
    public ObjectPlace place() {
        return new ObjectPlace(kind, namespace, name);
    }

    /** {@return the kind's plural in API paths; the applier uses the kinds of the registry only} */
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

    /** {@return the API path of the object} */
    String path() {
        return (group().isEmpty() ? "/api/" : "/apis/" + group() + "/") + version()
                + (namespace.isEmpty() ? "/" : "/namespaces/" + namespace + "/") + plural() + "/" + name;
    }

    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
