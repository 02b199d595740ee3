package io.waypass.resource;

import java.time.Instant;
import java.util.Arrays;

/**
 * A change of a resource's object in the cluster that no request covers. The same change within {@link ResourceEvents#SAME_EVENT}
 * increases the count.
 *
 * @param id key inside the database
 * @param type outcome of the last change
 * @param kind of the object
 * @param namespace of the object
 * @param name of the object
 * @param manager field manager that made the change, as the API server names it; empty if unknown
 * @param detail a unified diff, or a sentence; Secret data only as fingerprints
 * @param count number of changes
 * @param firstAt time of the first change
 * @param lastAt time of the last change
 */
public record ResourceEvent(
        long id,
        Type type,
        String kind,
        String namespace,
        String name,
        String manager,
        String detail,
        int count,
        Instant firstAt,
        Instant lastAt) {

    /** Outcome of a change; the same names are used in tables and API. */
    public enum Type {
        /** The object was restored to its approved state. */
        RESTORED("restored"),
        /** The object was left as it is, because the cluster's drift policy is to report only. */
        REPORTED("reported"),
        /** The change recurs after each restoration; Waypass waits longer each time. */
        CONTESTED("contested"),
        /** The object could not be restored; it is tried again. */
        NOT_RESTORED("not-restored"),
        /** An object that should not exist was removed. */
        REMOVED("removed"),
        /** The identity's own policy was removed, so that the app is refused while its calls could leave without the certificate. */
        CLOSED("closed"),
        /** The identity's own policy was restored after that. */
        OPENED("opened");

        private final String value;

        Type(String value) {
            this.value = value;
        }

        /** {@return the value as written in tables and API} */
        public String value() {
            return value;
        }

        static Type of(String value) {
            return Arrays.stream(values())
                    .filter(type -> type.value.equals(value))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
