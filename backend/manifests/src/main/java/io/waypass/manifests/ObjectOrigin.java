package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.identity.IdentitySpec;
import io.waypass.resource.ResourceKind;

/** Labels and annotations that mark an object as managed by Waypass, and name its owner. */
final class ObjectOrigin {

    private ObjectOrigin() {}

    static ObjectMeta metadata(IdentitySpec desired, String namespace, String name) {
        return marked(new ObjectOwner(ResourceKind.IDENTITY, desired.publicId()), namespace, name)
                .addToAnnotations("waypass.io/revision", Integer.toString(desired.revision()))
                .build();
    }

    /** For a destination's objects, which all its identities share: nothing in them may differ between identities. */
    static ObjectMeta ofDestination(Gateway gateway, Destination destination, String name) {
        ObjectOwner owner = new ObjectOwner(ResourceKind.DESTINATION, destination.slug());
        return marked(owner, gateway.namespace(), name).build();
    }

    /** For a gateway's objects, which all its identities share. */
    static ObjectMeta ofGateway(Gateway gateway, String namespace, String name) {
        ObjectOwner owner = new ObjectOwner(ResourceKind.GATEWAY, gateway.namespace() + "/" + gateway.name());
        return marked(owner, namespace, name).build();
    }

    private static ObjectMetaBuilder marked(ObjectOwner owner, String namespace, String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("app.kubernetes.io/managed-by", "waypass")
                .addToAnnotations(owner.annotation(), owner.name());
    }
}
