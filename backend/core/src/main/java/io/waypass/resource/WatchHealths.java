package io.waypass.resource;

import io.waypass.database.Rows;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What appliers said last of watching their clusters. */
public final class WatchHealths {

    private final JdbcClient jdbc;

    /**
     * Makes the view.
     *
     * @param jdbc the portal's database
     */
    public WatchHealths(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Tells whether a cluster is watched.
     *
     * @param cluster name
     * @return what was said last; empty if no applier ever watched it
     */
    public Optional<WatchHealth> of(String cluster) {
        return jdbc.sql("""
                select s.seen_at, s.unwatched, s.seen_at > now() - interval '30 seconds' as lately
                from cluster_watch s join cluster c on c.id = s.cluster_id where c.name = :cluster
                """)
                .param("cluster", cluster)
                .query((row, _) -> new WatchHealth(
                        Rows.instant(row, "seen_at"),
                        Optional.ofNullable(row.getString("unwatched")),
                        row.getBoolean("lately")))
                .optional();
    }
}
