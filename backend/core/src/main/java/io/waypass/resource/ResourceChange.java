package io.waypass.resource;

/**
 * A change of a resource's object in the cluster that no request covers; recorded as a {@link ResourceEvent}.
 *
 * @param type outcome of the change
 * @param kind of the object
 * @param namespace of the object
 * @param name of the object
 * @param manager field manager that made the change; empty if the cluster does not say
 * @param detail a unified diff from what was found to what was approved, or a sentence; Secret data only as fingerprints
 */
public record ResourceChange(
        ResourceEvent.Type type, String kind, String namespace, String name, String manager, String detail) {

    /** Maximum length of a stored detail, in characters; an object may have a megabyte. */
    public static final int LONGEST_DETAIL = 16_000;

    /** Shortens a long detail, and drops NUL, which PostgreSQL cannot store in text. */
    public ResourceChange {
        manager = manager.replace("\u0000", "");
        String readable = detail.replace("\u0000", "");
        detail = readable.length() <= LONGEST_DETAIL
                ? readable
                : readable.substring(0, LONGEST_DETAIL) + "\n… (" + readable.length() + " characters in all)";
    }
}
