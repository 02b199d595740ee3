package io.waypass.plan;

import java.util.Locale;

/**
 * One Kubernetes object of a plan, in the order of apply.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param action effect of applying it
 * @param diff unified diff of YAML against the live object; Secret data only as fingerprints
 * @param manifest canonical JSON of the object; Secret data only as fingerprints
 * @param owned whether it belongs to the request's resource, which follows from the owner that its manifest names; not if the resource
 *     shares it with others, or if it is an orphan
 */
public record PlanObject(
        String apiVersion,
        String kind,
        String namespace,
        String name,
        Action action,
        String diff,
        String manifest,
        boolean owned) {

    /** Effect of applying an object. */
    public enum Action {
        /** It does not exist yet. */
        CREATE,
        /** It is managed by Waypass and differs. */
        UPDATE,
        /** It is managed by Waypass and does not differ. */
        UNCHANGED,
        /** It is removed. */
        DELETE,
        /** It exists and is not managed by Waypass. */
        CONFLICT,
        /** The cluster gave no answer. */
        UNKNOWN;

        /** {@return the value in tables and API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Action of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT));
        }
    }
}
