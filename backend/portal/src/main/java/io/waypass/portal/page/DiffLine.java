package io.waypass.portal.page;

import java.util.List;

/**
 * A line of a unified diff.
 *
 * @param sign {@code add}, {@code del}, {@code hunk} or {@code same}
 * @param text the whole line
 */
public record DiffLine(String sign, String text) {

    /**
     * Reads a unified diff.
     *
     * @param diff with or without its two file lines, which are left out
     * @return its lines
     */
    public static List<DiffLine> of(String diff) {
        return diff.lines()
                .filter(line -> !line.startsWith("--- ") && !line.startsWith("+++ "))
                .map(line -> new DiffLine(
                        line.startsWith("@@")
                                ? "hunk"
                                : line.startsWith("+") ? "add" : line.startsWith("-") ? "del" : "same",
                        line))
                .toList();
    }
}
