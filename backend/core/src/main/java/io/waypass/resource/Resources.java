package io.waypass.resource;

import io.waypass.access.PublicIds;
import io.waypass.database.Rows;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Resources and their revisions; runs inside the caller's transaction. A revision is immutable. Requests move which one is desired and
 * which one is applied, and the database refuses a desired revision that no approved request proposes.
 */
public final class Resources {

    private final JdbcClient jdbc;
    private final PublicIds ids;
    private final Clock clock;

    public Resources(JdbcClient jdbc, PublicIds ids, Clock clock) {
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Creates a resource without revisions. The caller inserts the row of its subtype with the same id.
     *
     * @param kind any but {@link ResourceKind#CLUSTER}
     * @param clusterId key of the resource's cluster
     * @param teamId key of the owning team; empty if the platform owns it
     * @return the key of the resource
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
     * Locks a resource until the commit. Every transition of a request, and every new revision, locks the resource first; this one order
     * prevents lost updates and deadlocks. Rows that refer to the resource may still be inserted (the check of a foreign key takes a key
     * share lock).
     *
     * @param resourceId key of the resource
     */
    public void lock(long resourceId) {
        jdbc.sql("select id from resource where id = :id for no key update")
                .param("id", resourceId)
                .query(Long.class)
                .single();
    }

    /** {@return keys of the resources of a kind that have a desired, applied or retired revision} @param clusterId key of the cluster */
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
     * Adds the next revision to a locked resource. The caller inserts the revision's row of its kind.
     *
     * @param resourceId key of the resource
     * @return number of the revision, counted from 1
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
     * Makes a revision the desired one, because an approved request proposes it or the catalogue registers it.
     *
     * @param resourceId key of the resource
     */
    public void desire(long resourceId, int revision) {
        jdbc.sql("update resource set desired_revision = :revision where id = :id")
                .param("revision", revision)
                .param("id", resourceId)
                .update();
    }

    /**
     * Reverts to the applied revision, because the approval of the desired one no longer stands.
     *
     * @param resourceId key of the resource
     * @param revision that is no longer approved; another desired revision stays
     */
    public void revert(long resourceId, int revision) {
        jdbc.sql(
                        "update resource set desired_revision = applied_revision where id = :id and desired_revision = :revision")
                .param("revision", revision)
                .param("id", resourceId)
                .update();
    }

    /**
     * Records that a revision is applied.
     *
     * @param resourceId key of the resource
     * @param operation of the revision; after a retirement only a newer approved revision stays desired
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
