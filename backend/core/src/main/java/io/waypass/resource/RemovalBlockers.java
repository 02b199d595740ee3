package io.waypass.resource;

import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Looks for what stands in the way of a removal, inside the transaction that would remove. */
public final class RemovalBlockers {

    /** What would be removed. */
    public enum Of {
        /** An app. */
        APP("app", "a.id"),
        /** A destination. */
        DESTINATION("destination", "d.id"),
        /** A team. */
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
     * Identities of which anything is in the cluster, or may come to be by an open request.
     *
     * @param jdbc the portal's database
     * @param of what would be removed
     * @param id key of its row
     * @param name for people
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
     * Apps of a team.
     *
     * @param jdbc the portal's database
     * @param team key of its row
     * @param name for people
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
