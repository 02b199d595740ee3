package io.waypass.cluster;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An object with Waypass's label that belongs to nothing that Waypass manages.
 *
 * @param id key inside the database
 * @param cluster name
 * @param object as last observed
 * @param cause why it is an orphan
 * @param firstSeenAt time of the first observation
 * @param seenAt time of the last observation
 * @param request public id of the open request that would remove it
 */
public record Orphan(
        long id,
        String cluster,
        LabelledObject object,
        Cause cause,
        Instant firstSeenAt,
        Instant seenAt,
        Optional<String> request) {

    /** Why an object is an orphan; derived from its annotations and the current identities. */
    public enum Cause {
        /** It has the label, but names no owner. */
        UNCLAIMED,
        /** It names an identity that this cluster never had. */
        UNKNOWN_IDENTITY,
        /** It names an identity that is retired, or was never applied. */
        IDENTITY_NOT_KEPT,
        /** It names an active identity, but is not one of its objects. */
        NOT_ITS_OBJECT,
        /** It names a destination or a gateway that is not in the catalogue. */
        OWNER_GONE;

        /** {@return the value in the API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Cause of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
