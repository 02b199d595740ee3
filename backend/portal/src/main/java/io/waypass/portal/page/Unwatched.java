package io.waypass.portal.page;

import io.waypass.resource.WatchHealth;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why what a page shows of a cluster may not be so any more.
 *
 * @param cluster name
 * @param since when its applier was heard of last; null if it never was, or does not see everything
 * @param blind what it does not see, and why; null if it is not heard of
 */
public record Unwatched(
        String cluster, @Nullable Moment since, @Nullable String blind) {

    /**
     * Finds a reason.
     *
     * @param cluster name
     * @param sight what was said last of watching it
     * @param now the present
     * @return the reason; null if everything is watched
     */
    public static @Nullable Unwatched of(String cluster, Optional<WatchHealth> sight, Instant now) {
        if (sight.filter(WatchHealth::clear).isPresent()) {
            return null;
        }
        if (sight.filter(WatchHealth::current).isPresent()) {
            return new Unwatched(
                    cluster, null, sight.flatMap(WatchHealth::unwatched).orElse(null));
        }
        return new Unwatched(
                cluster, sight.map(last -> Moment.of(last.seenAt(), now)).orElse(null), null);
    }
}
