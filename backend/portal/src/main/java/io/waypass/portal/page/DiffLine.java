package io.waypass.portal.page;

import java.util.List;

/**
 * A line of a unified diff.
 *
 * @param sign {@code add}, {@code del}, {@code hunk} or {@code same}
 */
public record DiffLine(String sign, String text) {

    /** {@return the lines of a unified diff, without its two file lines} */
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
