package io.waypass.resource;

import io.waypass.fingerprint.CertificateFingerprints;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * One object of a resource as it was seen in the cluster.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param namespace where it lives
 * @param name its name
 * @param state compared with what was approved
 * @param uid the API server's, if the object is there
 * @param resourceVersion the API server's, if the object is there
 * @param observedAt when
 * @param fingerprints of what a Secret holds; none for other objects, and if it was not seen
 */
public record ObservedObject(
        String apiVersion,
        String kind,
        String namespace,
        String name,
        State state,
        Optional<String> uid,
        Optional<String> resourceVersion,
        Instant observedAt,
        Optional<CertificateFingerprints> fingerprints) {

    /** Compared with what was approved. */
    public enum State {
        /** Every field that was approved has its value. */
        AS_APPROVED,
        /** A field that was approved has another value. */
        DIFFERS,
        /** The object is not there. */
        MISSING,
        /** The cluster did not say. */
        UNKNOWN;

        /** {@return the value as written in tables and API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static State of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
