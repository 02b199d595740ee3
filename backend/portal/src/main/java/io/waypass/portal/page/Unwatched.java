package io.waypass.portal.page;

import io.waypass.resource.WatchHealth;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why the observations of a cluster on a page may be out of date.
 *
 * @param cluster name
 * @param since time of the last report of its applier; null if there was none, or if the applier watches only a part
 * @param reason what is not watched, and why; null if the applier does not report
 */
public record Unwatched(
        String cluster, @Nullable Moment since, @Nullable String reason) {

    /**
     * {@return why observations may be out of date; null if everything is watched}
     *
     * @param cluster name
     * @param health the last report on watching it
     */
    public static @Nullable Unwatched of(String cluster, Optional<WatchHealth> health, Instant now) {
        if (health.filter(WatchHealth::clear).isPresent()) {
            return null;
        }
        if (health.filter(WatchHealth::current).isPresent()) {
            return new Unwatched(
                    cluster, null, health.flatMap(WatchHealth::unwatched).orElse(null));
        }
        return new Unwatched(
                cluster, health.map(last -> Moment.of(last.seenAt(), now)).orElse(null), null);
    }
}
