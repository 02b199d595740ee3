package io.waypass.resource;

import io.waypass.access.PublicIds;
import io.waypass.database.Rows;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Resources and their revisions, inside the caller's transaction. A revision is immutable; which one is desired and which one is applied
 * moves with requests, and the database refuses a desired revision that no approved request proposes.
 */
public final class Resources {

    private final JdbcClient jdbc;
    private final PublicIds ids;
    private final Clock clock;

    /**
     * @param jdbc the process's database
     * @param ids for public ids
     * @param clock for the times of rows
     */
    public Resources(JdbcClient jdbc, PublicIds ids, Clock clock) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Creates a resource without revisions. The caller inserts the row of its subtype with the same id.
     *
     * @param kind any but {@link ResourceKind#CLUSTER}
     * @param clusterId key of the cluster that it belongs to
     * @param teamId key of the team that it belongs to; empty if it is the platform's
     * @return its key
     */
    public long create(ResourceKind kind, long clusterId, Optional<Long> teamId) {
        return jdbc.sql("""
                insert into resource (public_id, kind, cluster_id, team_id, created_at)
                values (:public, :kind, :cluster, :team, :now) returning id
                """)
                .param("public", ids.next(kind.idPrefix()))
                .param("kind", kind.value())
                .param("cluster", clusterId)
                .param("team", teamId.orElse(null))
                .param("now", Rows.timestamp(clock.instant()))
                .query(Long.class)
                .single();
    }

    /** {@return the key of a new cluster's resource; the caller inserts the cluster with the same id in the same transaction} */
    public long createCluster() {
        return jdbc.sql("""
                with new as (select nextval('resource_id_seq') as id)
                insert into resource (id, public_id, kind, cluster_id, created_at)
                select id, :public, :kind, id, :now from new returning id
                """)
                .param("public", ids.next(ResourceKind.CLUSTER.idPrefix()))
                .param("kind", ResourceKind.CLUSTER.value())
                .param("now", Rows.timestamp(clock.instant()))
                .query(Long.class)
                .single();
    }

    /**
     * Locks a resource until the commit. Whoever moves one of its requests, or adds a revision, locks the resource first, so that of two
     * at once the second sees what the first did, and nobody waits for somebody who waits for him. Rows that refer to the resource may
     * be inserted meanwhile (a foreign key's check takes a key share lock).
     *
     * @param resourceId key of the resource
     */
    public void lock(long resourceId) {
        jdbc.sql("select id from resource where id = :id for no key update")
                .param("id", resourceId)
                .query(Long.class)
                .single();
    }

    /**
     * Finds the resources of which a cluster holds something, or shall hold it, or held it until they were retired.
     *
     * @param clusterId key of the cluster
     * @param kind of the resources
     * @return their keys
     */
    public List<Long> decided(long clusterId, ResourceKind kind) {
        return jdbc.sql("""
                select id from resource where cluster_id = :cluster and kind = :kind
                    and num_nonnulls(desired_revision, applied_revision, retired_revision) > 0
                """)
                .param("cluster", clusterId)
                .param("kind", kind.value())
                .query(Long.class)
                .list();
    }

    /**
     * Adds the next revision, with the resource locked. The caller inserts its row of the kind.
     *
     * @param resourceId key of the resource
     * @param operation what the revision asks for
     * @return its number, counted from 1
     */
    public int addRevision(long resourceId, Operation operation) {
        lock(resourceId);
        return jdbc.sql("""
                insert into resource_revision (resource_id, revision, kind, operation, created_at)
                select id, (select coalesce(max(revision), 0) + 1 from resource_revision where resource_id = :id), kind, :operation, :now
                from resource where id = :id returning revision
                """)
                .param("id", resourceId)
                .param("operation", operation.value())
                .param("now", Rows.timestamp(clock.instant()))
                .query(Integer.class)
                .single();
    }

    /**
     * Desires a revision: an approved request proposes it, or it registers something in the catalogue.
     *
     * @param resourceId key of the resource
     * @param revision its number
     */
    public void desire(long resourceId, int revision) {
        jdbc.sql("update resource set desired_revision = :revision where id = :id")
                .param("revision", revision)
                .param("id", resourceId)
                .update();
    }

    /**
     * A revision is desired from its approval on, and no longer than the approval stands. Then what was applied before is desired again.
     *
     * @param resourceId key of the resource
     * @param revision that is not desired any more, if it was
     */
    public void revert(long resourceId, int revision) {
        jdbc.sql(
                        "update resource set desired_revision = applied_revision where id = :id and desired_revision = :revision")
                .param("revision", revision)
                .param("id", resourceId)
                .update();
    }

    /**
     * The cluster holds a revision.
     *
     * @param resourceId key of the resource
     * @param revision that was applied
     * @param operation what it asked for; a retirement leaves nothing desired but what a newer approval asks for
     */
    public void applied(long resourceId, int revision, Operation operation) {
        jdbc.sql(
                        switch (operation) {
                            case KEEP ->
                                "update resource set applied_revision = :revision, retired_revision = null where id = :id";
                            case RETIRE -> """
                    update resource set desired_revision = nullif(desired_revision, :revision), applied_revision = null,
                        retired_revision = :revision where id = :id
                    """;
                            case REMOVE_ORPHANS ->
                                throw new IllegalArgumentException("what is done once leaves no revision applied");
                        })
                .param("revision", revision)
                .param("id", resourceId)
                .update();
    }
}
