package io.waypass.cluster;

import io.waypass.database.Rows;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Operation;
import io.waypass.resource.Resources;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Revisions of clusters that remove orphans. Each is a list of objects by UID; nothing else is removed. Every method
 * runs inside the caller's transaction.
 */
public final class OrphanRemovals {

    /**
     * Outcome for one object.
     *
     * @param position in the list
     * @param message reason, for people
     */
    public record Removed(int position, RemovalOutcome outcome, Optional<String> message) {}

    private final JdbcClient jdbc;
    private final Resources resources;

    public OrphanRemovals(JdbcClient jdbc, Resources resources) {
        this.jdbc = jdbc;
        this.resources = resources;
    }

    /**
     * Adds a revision that removes orphans.
     *
     * @param clusterId key of the cluster and of its resource; locked
     * @param uids of the orphans
     * @return the revision's number; empty if one of the objects is no longer an orphan
     */
    public Optional<Integer> add(long clusterId, List<String> uids) {
        int revision = resources.addRevision(clusterId, Operation.REMOVE_ORPHANS);
        jdbc.sql("insert into orphan_removal (resource_id, revision) values (:cluster, :revision)")
                .param("cluster", clusterId)
                .param("revision", revision)
                .update();
        int listed = jdbc.sql("""
                insert into orphan_removal_object (resource_id, revision, position, api_version, kind, namespace, name, uid)
                select cluster_id, :revision, row_number() over (order by namespace, kind, name) - 1, api_version, kind, namespace, name, uid
                from orphan_object where cluster_id = :cluster and uid = any(:uids)
                """)
                .param("cluster", clusterId)
                .param("revision", revision)
                .param("uids", uids.toArray(String[]::new))
                .update();
        return listed == uids.size() ? Optional.of(revision) : Optional.empty();
    }

    /** {@return those of the UIDs that are reported as orphans now} */
    public List<String> orphans(long clusterId, List<String> uids) {
        return jdbc.sql("""
                select o.uid from orphan_object o where o.cluster_id = :cluster and o.uid = any(:uids)
                    and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)
                """)
                .param("cluster", clusterId)
                .param("uids", uids.toArray(String[]::new))
                .query(String.class)
                .list();
    }

    /**
     * Finds an open request whose list contains one of the objects.
     *
     * @return public id of the oldest one
     */
    public Optional<String> openWith(long clusterId, List<String> uids) {
        return jdbc.sql("""
                select r.public_id from orphan_removal_object o
                join request r on r.resource_id = o.resource_id and r.revision = o.revision
                where o.resource_id = :cluster and o.uid = any(:uids)
                    and r.status in ('planning', 'pending', 'approved', 'applying', 'failed')
                order by r.id limit 1
                """)
                .param("cluster", clusterId)
                .param("uids", uids.toArray(String[]::new))
                .query(String.class)
                .optional();
    }

    /** {@return the objects of a revision, in order, each with whether it is an orphan now} */
    public List<OrphanRemovalObject> objects(long clusterId, int revision) {
        return jdbc.sql("""
                select l.position, l.api_version, l.kind, l.namespace, l.name, l.uid, l.outcome, l.message, exists (
                    select 1 from orphan_object o where o.cluster_id = l.resource_id and o.uid = l.uid
                        and is_orphan(o.cluster_id, o.kind, o.namespace, o.name, o.identity, o.owner)) as orphan
                from orphan_removal_object l where l.resource_id = :cluster and l.revision = :revision order by l.position
                """)
                .param("cluster", clusterId)
                .param("revision", revision)
                .query((row, _) -> new OrphanRemovalObject(
                        row.getInt("position"),
                        row.getString("api_version"),
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")),
                        row.getString("uid"),
                        row.getBoolean("orphan"),
                        Optional.ofNullable(row.getString("outcome")).map(RemovalOutcome::of),
                        Optional.ofNullable(row.getString("message"))))
                .list();
    }

    /**
     * Counts the objects of revisions.
     *
     * @param clusterId key of the cluster
     * @param revisions their numbers
     * @return how many objects each lists
     */
    public Map<Integer, Integer> counts(long clusterId, Collection<Integer> revisions) {
        return jdbc
                .sql("""
                select revision, count(*) as objects from orphan_removal_object
                where resource_id = :cluster and revision = any(:revisions) group by revision
                """)
                .param("cluster", clusterId)
                .param("revisions", revisions.toArray(Integer[]::new))
                .query((row, _) -> Map.entry(row.getInt("revision"), row.getInt("objects")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** Records outcomes. They may come in several parts. */
    public void record(long clusterId, int revision, List<Removed> removed) {
        jdbc.sql("""
                update orphan_removal_object l set outcome = said.outcome, message = said.message
                from unnest(:positions, :outcomes, :messages) as said (position, outcome, message)
                where l.resource_id = :cluster and l.revision = :revision and l.position = said.position and l.outcome is null
                """)
                .param("cluster", clusterId)
                .param("revision", revision)
                .param("positions", removed.stream().map(Removed::position).toArray(Integer[]::new))
                .param("outcomes", Rows.column(removed, one -> one.outcome().value()))
                .param("messages", Rows.column(removed, one -> one.message().orElse(null)))
                .update();
        jdbc.sql("""
                delete from orphan_object o using orphan_removal_object l
                where l.resource_id = :cluster and l.revision = :revision and l.outcome in ('deleted', 'gone')
                    and o.cluster_id = l.resource_id and o.uid = l.uid
                """).param("cluster", clusterId).param("revision", revision).update();
    }

    /** {@return number of objects of a revision for each outcome} */
    public Map<RemovalOutcome, Long> outcomes(long clusterId, int revision) {
        return jdbc
                .sql("""
                select outcome, count(*) as objects from orphan_removal_object
                where resource_id = :cluster and revision = :revision and outcome is not null group by outcome
                """)
                .param("cluster", clusterId)
                .param("revision", revision)
                .query((row, _) -> Map.entry(RemovalOutcome.of(row.getString("outcome")), row.getLong("objects")))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }
}
