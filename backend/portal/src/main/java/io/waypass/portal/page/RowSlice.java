package io.waypass.portal.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list.
 *
 * @param <T> of a row
 * @param rows of this part
 * @param next cursor of the next part; null if this is the last
 */
public record RowSlice<T>(List<T> rows, @Nullable String next) {}
