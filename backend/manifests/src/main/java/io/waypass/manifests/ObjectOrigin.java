package io.waypass.manifests;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.waypass.destination.Destination;
import io.waypass.gateway.Gateway;
import io.waypass.identity.IdentitySpec;
import java.util.List;

/** Labels and annotations that mark an object as managed by Waypass, and name its owner. */
final class ObjectOrigin {

    static final String IDENTITY = "waypass.io/identity";
    static final String DESTINATION = "waypass.io/destination";
    static final String GATEWAY = "waypass.io/gateway";

    /** Each object has exactly one of these. */
    static final List<String> OWNERS = List.of(IDENTITY, DESTINATION, GATEWAY);

    private ObjectOrigin() {}

    static ObjectMeta metadata(IdentitySpec desired, String namespace, String name) {
        return marked(namespace, name)
                .addToAnnotations(IDENTITY, desired.publicId())
                .addToAnnotations("waypass.io/revision", Integer.toString(desired.revision()))
                .build();
    }

    /** For a destination's objects, which all its identities share: nothing in them may differ between identities. */
    static ObjectMeta ofDestination(Gateway gateway, Destination destination, String name) {
        return marked(gateway.namespace(), name)
                .addToAnnotations(DESTINATION, destination.slug())
                .build();
    }

    /** For a gateway's objects, which all its identities share. */
    static ObjectMeta ofGateway(Gateway gateway, String name) {
        return marked(gateway.namespace(), name)
                .addToAnnotations(GATEWAY, gateway.namespace() + "/" + gateway.name())
                .build();
    }

    private static ObjectMetaBuilder marked(String namespace, String name) {
        return new ObjectMetaBuilder()
                .withName(name)
                .withNamespace(namespace)
                .addToLabels("app.kubernetes.io/managed-by", "waypass");
    }
}
