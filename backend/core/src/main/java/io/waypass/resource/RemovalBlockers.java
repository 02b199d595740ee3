package io.waypass.resource;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Finds what prevents the removal of an app, a destination or a team, inside the transaction that would remove it. */
public final class RemovalBlockers {

    /** What is removed. */
    public enum Of {
        APP("app", "a.id"),
        DESTINATION("destination", "d.id"),
        TEAM("team", "a.team_id");

        private final String word;
        private final String column;

        Of(String word, String column) {
            this.word = word;
            this.column = column;
        }
    }

    private RemovalBlockers() {}

    /**
     * Finds identities that have objects in the cluster, or may get some by an open request.
     *
     * @param id key of what is removed
     * @param name of what is removed, for people
     * @return the refusal that names them; empty if there are none
     */
    public static Optional<StillUsed> identities(JdbcClient jdbc, Of of, long id, String name) {
        record Row(StillUsed.Identity identity, long all) {}
        List<Row> found = jdbc.sql("""
                select r.public_id, a.name, d.host, count(*) over () as total
                from identity i join resource r on r.id = i.id join app a on a.id = i.app_id join destination d on d.id = i.destination_id
                where identity_is_kept(i.id) and
                """ + of.column + " = :id order by i.id limit :named")
                .param("id", id)
                .param("named", StillUsed.NAMED)
                .query((row, _) -> new Row(
                        new StillUsed.Identity(
                                row.getString("public_id"), row.getString("name"), row.getString("host")),
                        row.getLong("total")))
                .list();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(StillUsed.byIdentities(
                        of.word + ".in-use",
                        name,
                        found.stream().map(Row::identity).toList(),
                        found.getFirst().all()));
    }

    /**
     * Finds the apps of a team.
     *
     * @param team key
     * @param name of the team
     * @return the refusal that names them; empty if there are none
     */
    public static Optional<StillUsed> apps(JdbcClient jdbc, long team, String name) {
        record Row(StillUsed.App app, long all) {}
        List<Row> found = jdbc.sql("""
                select public_id, name, namespace, count(*) over () as total from app
                where team_id = :team and removed_at is null order by id limit :named
                """)
                .param("team", team)
                .param("named", StillUsed.NAMED)
                .query((row, _) -> new Row(
                        new StillUsed.App(
                                row.getString("public_id"), row.getString("name"), row.getString("namespace")),
                        row.getLong("total")))
                .list();
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(StillUsed.byApps(
                        "team.has-apps",
                        name,
                        found.stream().map(Row::app).toList(),
                        found.getFirst().all()));
    }
}
