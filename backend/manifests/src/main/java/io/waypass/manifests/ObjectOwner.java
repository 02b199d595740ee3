package io.waypass.manifests;

import io.waypass.resource.ResourceKind;
import java.util.List;

/**
 * The resource that an object belongs to, as an annotation of the object names it. The annotation alone decides this: whether identities
 * share an object, and whether it is the own object of the resource that is planned, follows from it.
 *
 * @param kind of the resource
 * @param name an identity's public id, a destination's slug, or a gateway's namespace, slash, name
 */
public record ObjectOwner(ResourceKind kind, String name) {

    /** Each object has the annotation of exactly one of these. */
    static final List<ResourceKind> KINDS =
            List.of(ResourceKind.IDENTITY, ResourceKind.DESTINATION, ResourceKind.GATEWAY);

    /** {@return the annotation that has the name, such as {@code waypass.io/destination}} */
    public String annotation() {
        return annotation(kind);
    }

    static String annotation(ResourceKind kind) {
        return "waypass.io/" + kind.value();
    }
}
