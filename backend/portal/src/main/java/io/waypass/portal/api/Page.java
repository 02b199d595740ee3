package io.waypass.portal.api;

import io.waypass.database.Slice;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A page of a list.
 *
 * @param nextCursor {@code cursor} of the next page; absent at the end
 */
record Page<T>(List<T> items, Optional<String> nextCursor) {

    static <S, T> Page<T> of(Slice<S> slice, Function<S, T> shown) {
        return new Page<>(slice.items().stream().map(shown).toList(), slice.nextCursor());
    }

    static <S, T> Page<T> whole(List<S> all, Function<S, T> shown) {
        return new Page<>(all.stream().map(shown).toList(), Optional.empty());
    }
}
