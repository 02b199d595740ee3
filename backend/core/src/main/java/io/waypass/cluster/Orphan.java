package io.waypass.cluster;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * An object with Waypass's label that belongs to nothing Waypass keeps.
 *
 * @param id key inside the database
 * @param cluster name
 * @param object what was seen
 * @param cause why it is an orphan
 * @param firstSeenAt since when it is known
 * @param seenAt when it was seen last
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

    /** Why an object is an orphan. */
    public enum Cause {
        /** It has the label, and names nobody. */
        UNCLAIMED,
        /** It names an identity that this cluster never had. */
        UNKNOWN_IDENTITY,
        /** It names an identity that is not kept any more, or never was applied. */
        IDENTITY_NOT_KEPT,
        /** It names an identity that is kept, and is none of its objects. */
        NOT_ITS_OBJECT,
        /** It names a destination or a gateway that the catalogue does not have. */
        OWNER_GONE;

        /** {@return the value as written in the API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Cause of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT).replace('-', '_'));
        }
    }
}
