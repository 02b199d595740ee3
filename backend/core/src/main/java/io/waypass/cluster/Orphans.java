package io.waypass.cluster;

import io.waypass.access.Person;
import io.waypass.database.Rows;
import io.waypass.database.Slice;
import io.waypass.refusal.NotAllowed;
import io.waypass.resource.ObjectPlace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Report of objects with Waypass's label that belong to nothing, and of objects that identities lack. Observations are
 * evaluated when the report is read, because an object can become an orphan, or stop being one, without being changed.
 */
public final class Orphans {

    /** {@code is_orphan} (R__orphans.sql) decides; this query states the cause, in the same order. */
    private static final String ORPHANS = """
            select o.id, c.name as cluster, o.api_version, o.kind, o.namespace, o.name, o.uid, o.resource_version, o.identity, o.owner,
                o.managers, o.first_seen_at, o.seen_at,
                case when o.identity is null and o.owner is null then 'unclaimed'
                    when o.identity is null then 'owner-gone'
                    when i.id is null then 'unknown-identity'
                    when i.applied_revision is null then 'identity-not-kept'
                    else 'not-its-object' end as cause,
                (select r.public_id from orphan_removal_object l
                    join request r on r.resource_id = l.resource_id and r.revision = l.revision
                    where l.resource_id = o.cluster_id and l.uid = o.uid
                        and r.status in ('planning', 'pending', 'approved', 'applying', 'failed') limit 1) as request
            from orphan_object o
            join cluster c on c.id = o.cluster_id
            left join resource i on i.public_id = o.identity and i.kind = 'identity' and i.cluster_id = o.cluster_id
            """;

    private static final String OF_CLUSTER = " where (cast(:cluster as text) is null or c.name = :cluster)"
            + " and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)";

    /**
     * Objects of an identity that is being retired should not exist; all other objects that were applied once should.
     */
    private static final String MISSING = """
             from observed_object o
             join resource r on r.id = o.resource_id
             join identity i on i.id = r.id
             join app a on a.id = i.app_id
             join cluster c on c.id = a.cluster_id
             join team t on t.id = a.team_id
             join destination d on d.id = i.destination_id
             where o.state = 'missing' and r.applied_revision is not null and (cast(:cluster as text) is null or c.name = :cluster)
                and not exists (select 1 from resource_revision v where v.resource_id = r.id and v.revision = r.desired_revision
                    and v.operation = 'retire')
            """;

    /** More objects than an identity ever has, so that identity and position form one number. */
    private static final long OBJECTS = 1000;

    private final JdbcClient jdbc;

    public Orphans(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * Lists orphans in the order in which they were first observed.
     *
     * @param person a platform admin
     * @param cluster limits the list to one cluster
     * @param cursor of the page, from the page before
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @throws NotAllowed for anybody else
     */
    public Slice<Orphan> objects(Person person, Optional<String> cluster, Optional<String> cursor, int limit) {
        person.requireAdmin();
        List<Orphan> rows = jdbc.sql(ORPHANS + OF_CLUSTER + " and o.id > :after order by o.id limit :limit")
                .param("cluster", cluster.orElse(null))
                .param("after", Slice.after(cursor, 0))
                .param("limit", limit + 1)
                .query(Orphans::orphan)
                .list();
        return Slice.of(rows, limit, Orphan::id);
    }

    /**
     * Lists objects that identities lack.
     *
     * @param person a platform admin
     * @param cluster limits the list to one cluster
     * @param cursor of the page, from the page before
     * @param limit at most {@link Slice#MAX_LIMIT}
     * @throws NotAllowed for anybody else
     */
    public Slice<MissingObject> missing(Person person, Optional<String> cluster, Optional<String> cursor, int limit) {
        person.requireAdmin();
        long after = Slice.after(cursor, -1);
        List<MissingObject> rows = jdbc.sql("""
                select o.resource_id, o.position, r.public_id as identity, c.name as cluster, a.name as app, d.host, t.slug as team,
                    o.api_version, o.kind, o.namespace, o.name, o.observed_at
                """ + MISSING + """
                 and (o.resource_id, o.position) > (:resource, :position) order by o.resource_id, o.position limit :limit
                """)
                .param("cluster", cluster.orElse(null))
                .param("resource", Math.floorDiv(after, OBJECTS))
                .param("position", Math.floorMod(after, OBJECTS))
                .param("limit", limit + 1)
                .query((row, _) -> new MissingObject(
                        row.getLong("resource_id") * OBJECTS + row.getInt("position"),
                        row.getString("identity"),
                        row.getString("cluster"),
                        row.getString("app"),
                        row.getString("host"),
                        row.getString("team"),
                        row.getString("api_version"),
                        place(row),
                        Rows.instant(row, "observed_at")))
                .list();
        return Slice.of(rows, limit, MissingObject::key);
    }

    /**
     * @param person a platform admin
     * @param cluster limits the counts to one cluster
     * @throws NotAllowed for anybody else
     */
    public OrphanCounts counts(Person person, Optional<String> cluster) {
        person.requireAdmin();
        return new OrphanCounts(
                count("select 1 from orphan_object o join cluster c on c.id = o.cluster_id" + OF_CLUSTER, cluster),
                count("select 1" + MISSING, cluster));
    }

    private long count(String rows, Optional<String> cluster) {
        return jdbc.sql("select count(*) from (" + rows + " limit :most) as counted")
                .param("cluster", cluster.orElse(null))
                .param("most", OrphanCounts.MOST_COUNTED)
                .query(Long.class)
                .single();
    }

    private static Orphan orphan(ResultSet row, int number) throws SQLException {
        return new Orphan(
                row.getLong("id"),
                row.getString("cluster"),
                new LabelledObject(
                        row.getString("api_version"),
                        place(row),
                        row.getString("uid"),
                        row.getString("resource_version"),
                        Optional.ofNullable(row.getString("identity")),
                        Optional.ofNullable(row.getString("owner")),
                        row.getString("managers")),
                Orphan.Cause.of(row.getString("cause")),
                Rows.instant(row, "first_seen_at"),
                Rows.instant(row, "seen_at"),
                Optional.ofNullable(row.getString("request")));
    }

    static ObjectPlace place(ResultSet row) throws SQLException {
        return new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name"));
    }
}
