package io.waypass.resource;

import io.waypass.database.Rows;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Reads the last reports of appliers on watching their clusters. */
public final class WatchHealths {

    private final JdbcClient jdbc;

    public WatchHealths(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** {@return the last report on a cluster; empty if no applier ever watched it} @param cluster name */
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
