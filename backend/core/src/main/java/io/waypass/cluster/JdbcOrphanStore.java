package io.waypass.cluster;

import io.waypass.database.Rows;
import io.waypass.resource.ObjectPlace;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** {@link OrphanStore} on PostgreSQL, with the rights of an applier's role. */
public final class JdbcOrphanStore implements OrphanStore {

    private final JdbcClient jdbc;
    private final Clock clock;
    private final String cluster;

    public JdbcOrphanStore(JdbcClient jdbc, Clock clock, String cluster) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.cluster = cluster;
    }

    @Override
    public int recordSeen(List<LabelledObject> objects) {
        if (objects.isEmpty()) {
            return 0;
        }
        return jdbc.sql("""
                with judged as materialized (
                    select distinct on (b.kind, b.namespace, b.name) c.id as cluster_id, b.*,
                        is_orphan(c.id, b.kind, b.namespace, b.name, b.identity, b.owner) as orphan
                    from cluster c, unnest(:apiVersions, :kinds, :namespaces, :names, :uids, :versions, :identities, :owners, :managers)
                        with ordinality
                        as b (api_version, kind, namespace, name, uid, resource_version, identity, owner, managers, position)
                    where c.name = :cluster
                    order by b.kind, b.namespace, b.name, b.position desc
                ), kept as (
                    insert into orphan_object as o (cluster_id, api_version, kind, namespace, name, uid, resource_version, identity, owner,
                        managers, first_seen_at, seen_at)
                    select cluster_id, api_version, kind, namespace, name, uid, resource_version, identity, owner, managers, :now, :now
                    from judged where orphan
                    on conflict (cluster_id, kind, namespace, name) do update set api_version = excluded.api_version, uid = excluded.uid,
                        resource_version = excluded.resource_version, identity = excluded.identity, owner = excluded.owner,
                        managers = excluded.managers, seen_at = excluded.seen_at,
                        first_seen_at = case when o.uid = excluded.uid then o.first_seen_at else excluded.first_seen_at end
                ), taken_out as (
                    delete from orphan_object o using judged j
                    where not j.orphan and o.cluster_id = j.cluster_id and o.kind = j.kind and o.namespace = j.namespace and o.name = j.name
                )
                select count(*) from judged where orphan
                """)
                .param("cluster", cluster)
                .param("apiVersions", Rows.column(objects, LabelledObject::apiVersion))
                .param("kinds", Rows.column(objects, object -> object.place().kind()))
                .param(
                        "namespaces",
                        Rows.column(objects, object -> object.place().namespace()))
                .param("names", Rows.column(objects, object -> object.place().name()))
                .param("uids", Rows.column(objects, LabelledObject::uid))
                .param("versions", Rows.column(objects, LabelledObject::resourceVersion))
                .param(
                        "identities",
                        Rows.column(objects, object -> object.identity().orElse(null)))
                .param("owners", Rows.column(objects, object -> object.owner().orElse(null)))
                .param("managers", Rows.column(objects, LabelledObject::managers))
                .param("now", Rows.timestamp(clock.instant()))
                .query(Integer.class)
                .single();
    }

    @Override
    public void recordGone(Collection<ObjectPlace> places) {
        if (places.isEmpty()) {
            return;
        }
        jdbc.sql("""
                delete from orphan_object o using cluster c, unnest(:kinds, :namespaces, :names) as gone (kind, namespace, name)
                where c.name = :cluster and o.cluster_id = c.id and o.kind = gone.kind and o.namespace = gone.namespace
                    and o.name = gone.name
                """)
                .param("cluster", cluster)
                .param("kinds", Rows.column(places, ObjectPlace::kind))
                .param("namespaces", Rows.column(places, ObjectPlace::namespace))
                .param("names", Rows.column(places, ObjectPlace::name))
                .update();
    }

    @Override
    public void retainOnly(String kind, Collection<ObjectPlace> places) {
        jdbc.sql("""
                delete from orphan_object o using cluster c
                where c.name = :cluster and o.cluster_id = c.id and o.kind = :kind and not exists (
                    select 1 from unnest(:namespaces, :names) as there (namespace, name)
                    where there.namespace = o.namespace and there.name = o.name)
                """)
                .param("cluster", cluster)
                .param("kind", kind)
                .param("namespaces", Rows.column(places, ObjectPlace::namespace))
                .param("names", Rows.column(places, ObjectPlace::name))
                .update();
    }

    @Override
    public boolean isOrphan(LabelledObject object) {
        return jdbc.sql("""
                select is_orphan(c.id, :kind, :namespace, :name, cast(:identity as text), cast(:owner as text)) from cluster c
                where c.name = :cluster
                """)
                .param("cluster", cluster)
                .param("kind", object.place().kind())
                .param("namespace", object.place().namespace())
                .param("name", object.place().name())
                .param("identity", object.identity().orElse(null))
                .param("owner", object.owner().orElse(null))
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }
}
