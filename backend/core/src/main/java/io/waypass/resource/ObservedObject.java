package io.waypass.resource;

import io.waypass.fingerprint.CertificateFingerprints;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An object of a resource, as observed in the cluster.
 *
 * @param apiVersion such as {@code networking.istio.io/v1}
 * @param kind such as {@code ServiceEntry}
 * @param state compared with the approved plan
 * @param uid the API server's; empty if the object does not exist
 * @param resourceVersion the API server's; empty if the object does not exist
 * @param fingerprints of a Secret's data; empty for other objects, and if the Secret was not read
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

    /** State of the object compared with the approved plan. */
    public enum State {
        /** Every approved field has its value. */
        AS_APPROVED,
        /** An approved field has another value. */
        DIFFERS,
        /** The object does not exist. */
        MISSING,
        /** The object could not be read. */
        UNKNOWN,
        /** The object is replaced, and removed after a grace: the Secret of the certificate before. */
        PENDING_REMOVAL;

        /** {@return the value as written in tables and API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        public static State of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
