package io.waypass.resource;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Writes the reports of appliers on watching their clusters; {@link WatchHealths} reads them. */
public final class WatchReports {

    private final JdbcClient jdbc;

    public WatchReports(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Records that a cluster is watched, at the database's time, by which readers judge the report's age.
     *
     * @param cluster name
     * @param unwatched what is not watched, and why; empty if everything is
     */
    public void report(String cluster, Optional<String> unwatched) {
        jdbc.sql("""
                insert into cluster_watch (cluster_id, seen_at, unwatched) select id, now(), :unwatched from cluster where name = :cluster
                on conflict (cluster_id) do update set seen_at = excluded.seen_at, unwatched = excluded.unwatched
                -- of two appliers the one that watches everything counts, as long as it is there
                where excluded.unwatched is null or cluster_watch.unwatched is not null
                    or cluster_watch.seen_at < now() - interval '15 seconds'
                """)
                .param("unwatched", unwatched.orElse(null))
                .param("cluster", cluster)
                .update();
    }
}
