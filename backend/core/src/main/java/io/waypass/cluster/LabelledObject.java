package io.waypass.cluster;

import io.waypass.resource.ObjectPlace;
import java.util.Optional;

/**
 * An object in the cluster that has the label {@code app.kubernetes.io/managed-by: waypass}.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param uid assigned by the API server
 * @param resourceVersion assigned by the API server
 * @param identity value of its annotation {@code waypass.io/identity}
 * @param owner for objects that identities share: value of {@code waypass.io/destination}, a slug, or of {@code
 * waypass.io/gateway}, namespace, slash, name
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
