package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Optional;

/**
 * An object in the cluster that carries the label {@code app.kubernetes.io/managed-by: waypass}.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param place where it is
 * @param uid the API server's
 * @param resourceVersion the API server's
 * @param identity what its annotation {@code waypass.io/identity} says
 * @param owner what {@code waypass.io/destination} says, a slug, or {@code waypass.io/gateway}, namespace, slash, name; for objects that
 *     identities share
 * @param managers the field managers that wrote it, in words
 */
public record LabelledObject(
        String apiVersion,
        ObjectPlace place,
        String uid,
        String resourceVersion,
        Optional<String> identity,
        Optional<String> owner,
        String managers) {}
