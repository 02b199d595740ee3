package io.waypass.cluster;

import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.resource.ObjectPlace;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** The PostgreSQL side of {@link OrphanStore}, with the rights of an applier's role. */
public final class JdbcOrphanStore implements OrphanStore {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final AuditTrail audit;
    private final Clock clock;
    private final String cluster;

    public JdbcOrphanStore(
            JdbcClient jdbc, TransactionOperations transactions, AuditTrail audit, Clock clock, String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.audit = audit;
        this.clock = clock;
        this.cluster = cluster;
    }

    @Override
    public int seen(List<LabelledObject> objects) {
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
                .param("apiVersions", column(objects, LabelledObject::apiVersion))
                .param("kinds", column(objects, object -> object.place().kind()))
                .param("namespaces", column(objects, object -> object.place().namespace()))
                .param("names", column(objects, object -> object.place().name()))
                .param("uids", column(objects, LabelledObject::uid))
                .param("versions", column(objects, LabelledObject::resourceVersion))
                .param("identities", column(objects, object -> object.identity().orElse(null)))
                .param("owners", column(objects, object -> object.owner().orElse(null)))
                .param("managers", column(objects, LabelledObject::managers))
                .param("now", Rows.timestamp(clock.instant()))
                .query(Integer.class)
                .single();
    }

    @Override
    public void gone(Collection<ObjectPlace> places) {
        if (places.isEmpty()) {
            return;
        }
        jdbc.sql("""
                delete from orphan_object o using cluster c, unnest(:kinds, :namespaces, :names) as gone (kind, namespace, name)
                where c.name = :cluster and o.cluster_id = c.id and o.kind = gone.kind and o.namespace = gone.namespace
                    and o.name = gone.name
                """)
                .param("cluster", cluster)
                .param("kinds", column(places, ObjectPlace::kind))
                .param("namespaces", column(places, ObjectPlace::namespace))
                .param("names", column(places, ObjectPlace::name))
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
                .param("namespaces", column(places, ObjectPlace::namespace))
                .param("names", column(places, ObjectPlace::name))
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

    @Override
    public Optional<CleaningJob> cleaningJob(String publicId) {
        record Row(long id, String digest) {}
        return jdbc.sql("""
                select cl.id, cl.decided_digest from cleaning cl join cluster c on c.id = cl.cluster_id
                where cl.public_id = :cleaning and c.name = :cluster and cl.status in ('approved', 'failed')
                    and cl.decided_by <> cl.requested_by and cl.decided_digest = cleaning_digest(cl.id)
                """)
                .param("cleaning", publicId)
                .param("cluster", cluster)
                .query((row, _) -> new Row(row.getLong("id"), row.getString("decided_digest")))
                .optional()
                .map(row -> new CleaningJob(row.id(), publicId, row.digest(), targets(row.id())));
    }

    private List<Target> targets(long cleaningId) {
        return jdbc.sql("""
                select position, api_version, kind, namespace, name, uid from cleaning_object
                where cleaning_id = :id and outcome is null order by position
                """)
                .param("id", cleaningId)
                .query((row, _) -> new Target(
                        row.getInt("position"), row.getString("api_version"), Orphans.place(row), row.getString("uid")))
                .list();
    }

    @Override
    public void cleaned(CleaningJob job, List<Cleaned> outcomes) {
        transactions.executeWithoutResult(_ -> {
            if (worked(job).isEmpty()) {
                return;
            }
            jdbc.sql("""
                    update cleaning_object co set outcome = said.outcome, message = said.message
                    from unnest(:positions, :outcomes, :messages) as said (position, outcome, message)
                    where co.cleaning_id = :id and co.position = said.position and co.outcome is null
                    """)
                    .param("id", job.cleaningId())
                    .param(
                            "positions",
                            outcomes.stream()
                                    .map(cleaned -> cleaned.target().position())
                                    .toArray(Integer[]::new))
                    .param(
                            "outcomes",
                            column(outcomes, cleaned -> cleaned.outcome().value()))
                    .param(
                            "messages",
                            column(outcomes, cleaned -> cleaned.message().orElse(null)))
                    .update();
            jdbc.sql("""
                    delete from orphan_object o using cleaning_object co
                    where co.cleaning_id = :id and co.outcome in ('deleted', 'gone') and o.cluster_id = co.cluster_id and o.uid = co.uid
                    """).param("id", job.cleaningId()).update();
            Counts counts = counts(job);
            if (counts.left() == 0) {
                jdbc.sql(
                                "update cleaning set status = 'done', status_message = null, finished_at = :now where id = :id")
                        .param("now", Rows.timestamp(clock.instant()))
                        .param("id", job.cleaningId())
                        .update();
                audit.append(fact("cleaning.done", job)
                        .with(Map.of(
                                "deleted", Integer.toString(counts.deleted()),
                                "gone", Integer.toString(counts.gone()),
                                "kept", Integer.toString(counts.kept())))
                        .digests(Optional.of(job.digest()), Optional.empty()));
            }
        });
    }

    @Override
    public void failed(CleaningJob job, String message) {
        transactions.executeWithoutResult(_ -> worked(job).ifPresent(status -> {
            jdbc.sql("update cleaning set status = 'failed', status_message = :message where id = :id")
                    .param("message", message)
                    .param("id", job.cleaningId())
                    .update();
            if (status != CleaningStatus.FAILED) {
                audit.append(fact("cleaning.failed", job)
                        .with(Map.of("message", message))
                        .digests(Optional.of(job.digest()), Optional.of(job.digest())));
            }
        }));
    }

    /** The status, with the row locked; empty if another applier brought it to its end. */
    private Optional<CleaningStatus> worked(CleaningJob job) {
        return jdbc.sql("select status from cleaning where id = :id for update")
                .param("id", job.cleaningId())
                .query(String.class)
                .optional()
                .map(CleaningStatus::of)
                .filter(status -> status == CleaningStatus.APPROVED || status == CleaningStatus.FAILED);
    }

    private record Counts(int left, int deleted, int gone, int kept) {}

    private Counts counts(CleaningJob job) {
        return jdbc.sql("""
                select count(*) filter (where outcome is null) as left_over, count(*) filter (where outcome = 'deleted') as deleted,
                    count(*) filter (where outcome = 'gone') as gone, count(*) filter (where outcome = 'kept') as kept
                from cleaning_object where cleaning_id = :id
                """)
                .param("id", job.cleaningId())
                .query((row, _) -> new Counts(
                        row.getInt("left_over"), row.getInt("deleted"), row.getInt("gone"), row.getInt("kept")))
                .single();
    }

    private AuditTrail.Fact fact(String action, CleaningJob job) {
        return AuditTrail.Fact.of("applier:" + cluster, action, job.cleaning());
    }

    private static <T> @Nullable String[] column(Collection<T> rows, Function<T, @Nullable String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }
}
