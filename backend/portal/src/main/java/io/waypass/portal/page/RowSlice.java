package io.waypass.portal.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param next cursor of the next page; null if this is the last
 */
public record RowSlice<T>(List<T> rows, @Nullable String next) {}
