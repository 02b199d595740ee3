package io.waypass.resource;

import java.time.Instant;
import java.util.Locale;

/**
 * What happened to a resource's object in the cluster that nobody asked for. The same happening again within a while counts up.
 *
 * @param id key inside the database
 * @param type what became of it
 * @param kind of the object
 * @param namespace of the object
 * @param name of the object
 * @param manager the field manager that did it, as the API server names it; empty if nobody could tell
 * @param detail a unified diff, or a sentence; Secret data only as fingerprints
 * @param count how often
 * @param firstAt when first
 * @param lastAt when last
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

    /** What became of it. */
    public enum Type {
        /** It was restored. */
        RESTORED,
        /** It was told, and nothing was written. */
        REPORTED,
        /** Somebody changes it again and again; it is restored more and more slowly. */
        CONTESTED,
        /** What should not be there any more was removed. */
        REMOVED;

        /** {@return the value as written in tables and API} */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Type of(String value) {
            return valueOf(value.toUpperCase(Locale.ROOT));
        }
    }
}
