package io.waypass.manifests;

import io.waypass.fingerprint.Fingerprints;
import java.util.List;
import java.util.stream.Collectors;

/** The digest that an approval names: it covers all objects of a plan and their order. */
public final class PlanDigest {

    private PlanDigest() {}

    /**
     * Hashes a plan's objects.
     *
     * @param manifests in the order of apply
     * @return {@code sha256:} and 64 hex digits: SHA-256 over the UTF-8 of the JSON array of the objects' canonical
     * JSON
     */
    public static String of(List<Manifest> manifests) {
        return of(manifests, List.of());
    }

    /**
     * Hashes a plan that removes objects.
     *
     * @param applied objects to apply, in the order of apply
     * @param removed objects to remove, in the order of removal; if empty, the digest is that of {@code applied}
     * @return {@code sha256:} and 64 hex digits: SHA-256 over the UTF-8 of {@code {"apply":[…],"delete":[…]}} with the
     * objects' canonical JSON
     */
    public static String of(List<Manifest> applied, List<Manifest> removed) {
        return Fingerprints.sha256(
                removed.isEmpty()
                        ? array(applied)
                        : "{\"apply\":" + array(applied) + ",\"delete\":" + array(removed) + "}");
    }

    private static String array(List<Manifest> manifests) {
        return manifests.stream().map(Manifest::json).collect(Collectors.joining(",", "[", "]"));
    }
}
