package io.waypass.plan;

import java.util.Locale;

/**
 * One Kubernetes object of a plan, in the order of apply.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param namespace where it lives
 * @param name its name
 * @param action what applying it would do
 * @param diff unified diff of YAML against the live object; Secret data only as fingerprints
 * @param manifest canonical JSON of the object; Secret data only as fingerprints
 */
public record PlanObject(
        String apiVersion, String kind, String namespace, String name, Action action, String diff, String manifest) {

    /** What applying an object would do. */
    public enum Action {
        /** It is not there yet. */
        CREATE,
        /** It is ours and differs. */
        UPDATE,
        /** It is ours and is as it should be. */
        UNCHANGED,
        /** It goes away. */
        DELETE,
        /** It is there and not ours. */
        CONFLICT,
        /** The cluster did not say. */
        UNKNOWN;

        /** {@return the value as written in tables and API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Action of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT));
        }
    }
}
