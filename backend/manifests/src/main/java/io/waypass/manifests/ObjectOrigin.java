package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.waypass.identity.DesiredIdentity;

/** The marks by which an object is known to be ours, and whose it is. */
final class ObjectOrigin {

    private ObjectOrigin() {}

    static ObjectMeta metadata(DesiredIdentity desired, String namespace, String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("app.kubernetes.io/managed-by", "waypass")
                .addToAnnotations("waypass.io/identity", desired.publicId())
                .addToAnnotations("waypass.io/revision", Integer.toString(desired.revision()))
                .build();
    }
}
