package io.waypass.database;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a list. Pages are delimited by key and not by number, so rows added meanwhile shift nothing.
 *
 * @param items in order
 * @param nextCursor where the next page starts; empty at the end
 */
public record Slice<T>(List<T> items, Optional<String> nextCursor) {

    /** Maximum number of items of a page in the API. */
    public static final int MAX_LIMIT = 200;

    /** Number of rows on a web page: few enough to read and to draw at once. */
    public static final int PAGE_ROWS = 25;

    /** Number of items of a page in the API by default. */
    public static final int DEFAULT_LIMIT = 50;

    public Slice {
        items = List.copyOf(items);
    }

    /**
     * Builds a page from rows that were read with one more than the limit.
     *
     * @param rows up to limit + 1 rows
     * @param limit number of rows to keep
     * @param id the key that the list is ordered by
     */
    public static <T> Slice<T> of(List<T> rows, int limit, Function<T, Long> id) {
        if (rows.size() <= limit) {
            return new Slice<>(rows, Optional.empty());
        }
        List<T> kept = rows.subList(0, limit);
        return new Slice<>(kept, Optional.of(Long.toString(id.apply(kept.getLast()), 36)));
    }

    /**
     * Parses a cursor.
     *
     * @param cursor from {@link #nextCursor()}
     * @param start the key before the first
     * @return the key after which the page starts
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
     * Clamps a limit to the allowed range.
     *
     * @param limit as requested, empty for the default
     * @return 1 to {@link #MAX_LIMIT}
     */
    public static int limit(Optional<Integer> limit) {
        return Math.clamp(limit.orElse(DEFAULT_LIMIT), 1, MAX_LIMIT);
    }
}
