package io.waypass.resource;

/**
 * Something happened to a resource in the cluster that nobody asked for.
 *
 * @param type what became of it
 * @param kind of the object
 * @param namespace of the object
 * @param name of the object
 * @param manager the field manager that did it; empty if the cluster does not say
 * @param detail what it did: a unified diff from what was found to what was approved, or a sentence. Never a Secret's content
 */
public record ResourceChange(Type type, String kind, String namespace, String name, String manager, String detail) {

    /** The longest detail that is kept, in characters; what somebody writes into an object may be a megabyte. */
    public static final int LONGEST_DETAIL = 16_000;

    /** Shortens what is too long, and leaves out what no text in the database can hold. */
    public ResourceChange {
        manager = manager.replace("\u0000", "");
        String readable = detail.replace("\u0000", "");
        detail = readable.length() <= LONGEST_DETAIL
                ? readable
                : readable.substring(0, LONGEST_DETAIL) + "\n… (" + readable.length() + " characters in all)";
    }

    /** What became of a change. */
    public enum Type {
        /** It was restored. */
        RESTORED("restored"),
        /** It was left as it is, since the cluster is set to tell alone. */
        REPORTED("reported"),
        /** It recurs after each restoration; Waypass waits longer each time. */
        CONTESTED("contested"),
        /** An object that should not be there any more was removed. */
        REMOVED("removed");

        private final String value;

        Type(String value) {
            this.value = value;
        }

        /** {@return the value as written in tables and API} */
        public String value() {
            return value;
        }
    }
}
