package io.waypass.database;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list, cut by key and not by number, so that rows added meanwhile move nothing.
 *
 * @param items in order
 * @param nextCursor where the next part starts; empty at the end
 * @param <T> what is listed
 */
public record Slice<T>(List<T> items, Optional<String> nextCursor) {

    /** The most items in one part. */
    public static final int MAX_LIMIT = 200;

    /** How many rows a page shows: few enough to be read, and drawn at once. */
    public static final int PAGE_ROWS = 25;

    /** How many items a part has when nobody says. */
    public static final int DEFAULT_LIMIT = 50;

    /** Copies the list. */
    public Slice {
        items = List.copyOf(items);
    }

    /**
     * Cuts rows that were read with one more than the limit.
     *
     * @param rows up to limit + 1 rows
     * @param limit how many to keep
     * @param id the key that the list is ordered by
     * @param <T> what is listed
     * @return the part
     */
    public static <T> Slice<T> of(List<T> rows, int limit, Function<T, Long> id) {
        if (rows.size() <= limit) {
            return new Slice<>(rows, Optional.empty());
        }
        List<T> kept = rows.subList(0, limit);
        return new Slice<>(kept, Optional.of(Long.toString(id.apply(kept.getLast()), 36)));
    }

    /**
     * Reads a cursor.
     *
     * @param cursor as {@link #nextCursor()} gave it
     * @param start the key before the first
     * @return the key after which to go on
     * @throws io.waypass.refusal.InvalidInput if it is no cursor
     */
    public static long after(Optional<String> cursor, long start) {
        try {
            return cursor.map(text -> Long.parseLong(text, 36)).orElse(start);
        } catch (NumberFormatException e) {
            throw new io.waypass.refusal.InvalidInput(
                    "/cursor", "cursor.invalid", "This is no cursor. Leave it out to begin at the first page.");
        }
    }

    /**
     * Holds a limit to what is allowed.
     *
     * @param limit asked for, empty for the default
     * @return 1 to {@link #MAX_LIMIT}
     */
    public static int limit(Optional<Integer> limit) {
        return Math.clamp(limit.orElse(DEFAULT_LIMIT), 1, MAX_LIMIT);
    }
}
