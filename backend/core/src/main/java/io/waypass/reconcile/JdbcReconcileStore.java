package io.waypass.reconcile;

import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Directory;
import io.waypass.database.Rows;
import io.waypass.destination.Catalogue;
import io.waypass.plan.PlanObject;
import io.waypass.plan.PlanRows;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.Observations;
import io.waypass.resource.ResourceChange;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;
import tools.jackson.databind.json.JsonMapper;

/** The PostgreSQL side of {@link ReconcileStore}, with the rights of an applier's role. */
public final class JdbcReconcileStore implements ReconcileStore {

    private record Head(
            long identityId,
            @Nullable Integer desired,
            @Nullable Integer applied,
            @Nullable Integer retired,
            boolean reportOnly) {}

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Observations observations;
    private final TaskQueue work;
    private final Clock clock;
    private final String cluster;
    private final RequestTransitions steps;

    public JdbcReconcileStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Directory directory,
            Catalogue catalogue,
            Certificates certificates,
            Observations observations,
            TaskQueue work,
            AuditTrail audit,
            Clock clock,
            String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.observations = observations;
        this.work = work;
        this.clock = clock;
        this.cluster = cluster;
        this.steps = new RequestTransitions(jdbc, json, directory, catalogue, certificates, audit, clock, cluster);
    }

    @Override
    public void confirm(Fence fence) {
        confirm(fence, "");
    }

    /**
     * Inside a transaction, as its last step: the row is held until the commit, so that nobody takes the task over in between. Last,
     * because whoever decides locks the request before the task, too.
     */
    private void hold(Fence fence) {
        confirm(fence, " for share");
    }

    private void confirm(Fence fence, String held) {
        boolean ours = jdbc.sql("""
                select 1 from scheduled_tasks where task_name = :task and task_instance = :instance and picked and version = :version
                """ + held)
                .param("task", fence.task())
                .param("instance", fence.instance())
                .param("version", fence.version())
                .query(Integer.class)
                .optional()
                .isPresent();
        if (!ours) {
            throw new Fence.Overtaken(fence);
        }
    }

    @Override
    public Optional<Job> job(String identity, Fence fence) {
        return transactions.execute(_ -> {
            Optional<Job> job = head(identity).flatMap(head -> job(identity, head));
            hold(fence);
            return job;
        });
    }

    private Optional<Head> head(String identity) {
        return jdbc.sql("""
                select i.id, i.desired_revision, i.applied_revision, i.retired_revision, c.drift = 'report-only' as report_only
                from identity i join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id
                where i.public_id = :identity and c.name = :cluster
                """)
                .param("identity", identity)
                .param("cluster", cluster)
                .query((row, _) -> new Head(
                        row.getLong("id"),
                        row.getObject("desired_revision", Integer.class),
                        row.getObject("applied_revision", Integer.class),
                        row.getObject("retired_revision", Integer.class),
                        row.getBoolean("report_only")))
                .optional();
    }

    private Optional<Job> job(String identity, Head head) {
        Integer kept = head.applied() == null ? head.retired() : head.applied();
        List<PlanObject> written = PlanRows.written(jdbc, head.identityId());
        if (head.desired() != null && !head.desired().equals(head.applied())) {
            Optional<Target> next = target(head.identityId(), head.desired(), true);
            if (next.isPresent()) {
                List<PlanObject> before = kept == null ? List.of() : appliedObjects(head.identityId(), kept);
                return Optional.of(job(identity, head, Goal.CHANGE, next, before, written));
            }
        }
        if (kept != null) {
            return target(head.identityId(), kept, false)
                    .map(target -> job(identity, head, Goal.KEEP, Optional.of(target), List.of(), written));
        }
        return underWay(head.identityId(), 0) || written.isEmpty()
                ? Optional.empty()
                : Optional.of(job(identity, head, Goal.CLEAR, Optional.empty(), List.of(), written));
    }

    private Job job(
            String identity,
            Head head,
            Goal goal,
            Optional<Target> target,
            List<PlanObject> applied,
            List<PlanObject> written) {
        Set<ObjectPlace> there = target.stream()
                .flatMap(to -> to.objects().stream())
                .map(JdbcReconcileStore::place)
                .collect(Collectors.toSet());
        return new Job(
                head.identityId(),
                identity,
                goal,
                head.reportOnly(),
                target,
                applied,
                written.stream()
                        .filter(object -> !there.contains(place(object)))
                        .toList(),
                steps.known(head.identityId()),
                restored(head.identityId()));
    }

    private static ObjectPlace place(PlanObject object) {
        return new ObjectPlace(object.kind(), object.namespace(), object.name());
    }

    private Optional<Target> target(long identityId, int revision, boolean change) {
        Optional<RequestTransitions.Row> found = steps.row(identityId, revision)
                .filter(row -> row.planId() != null)
                .filter(row -> !change
                        || row.status() == RequestStatus.APPROVED
                        || row.status() == RequestStatus.APPLYING
                        || row.status() == RequestStatus.FAILED);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        RequestTransitions.Row row = found.get();
        record Approved(String digest, Map<String, String> relied, boolean basisHolds) {}
        Optional<Approved> approved = jdbc.sql("""
                select p.digest, p.relied, p.basis is null or p.basis = :basis as holds from plan p
                where p.id = :plan and exists (select 1 from decision d
                    where d.plan_id = p.id and d.verdict = 'approved' and d.plan_digest = p.digest)
                """)
                .param("plan", row.planId())
                .param("basis", row.basis())
                .query((known, _) -> new Approved(
                        known.getString("digest"), steps.facts(known.getString("relied")), known.getBoolean("holds")))
                .optional();
        if (approved.isEmpty()) {
            return Optional.empty();
        }
        if (change) {
            steps.endAbandonedAttempts(identityId);
            if (row.status() == RequestStatus.APPROVED) {
                steps.move(row.requestId(), RequestStatus.APPLYING, null);
            }
            steps.startAttempt(row.requestId(), "apply");
        }
        return Optional.of(new Target(
                row.requestId(),
                row.request(),
                row.kind(),
                steps.desired(row),
                steps.credential(row),
                approved.get().digest(),
                PlanRows.objects(jdbc, row.planId()),
                approved.get().relied(),
                approved.get().basisHolds(),
                change ? Optional.empty() : appliedAt(row.requestId()),
                destinationKept(row.destinationId())));
    }

    private Optional<Instant> appliedAt(long requestId) {
        return jdbc.sql("""
                select min(finished_at) as at from attempt where request_id = :id and task = 'apply' and outcome = 'succeeded'
                """)
                .param("id", requestId)
                .query((row, _) -> Rows.optionalInstant(row, "at"))
                .single();
    }

    private boolean destinationKept(long destinationId) {
        return jdbc.sql("select removed_at is null from destination where id = :id")
                .param("id", destinationId)
                .query(Boolean.class)
                .single();
    }

    private List<PlanObject> appliedObjects(long identityId, int revision) {
        return jdbc.sql("select plan_id from request where identity_id = :id and revision = :revision")
                .param("id", identityId)
                .param("revision", revision)
                .query(Long.class)
                .optional()
                .map(plan -> PlanRows.objects(jdbc, plan))
                .orElse(List.of());
    }

    private boolean underWay(long identityId, long besideRequest) {
        return jdbc.sql("""
                select exists (select 1 from request where identity_id = :id and id <> :beside
                    and status in ('planning', 'pending', 'approved', 'applying'))
                """)
                .param("id", identityId)
                .param("beside", besideRequest)
                .query(Boolean.class)
                .single();
    }

    private Map<ObjectPlace, Restored> restored(long identityId) {
        return jdbc
                .sql("""
                select kind, namespace, name, sum(count) as times, max(last_at) as last from identity_event
                where identity_id = :id and type in ('restored', 'removed') and last_at > :since group by kind, namespace, name
                """)
                .param("id", identityId)
                .param("since", Rows.timestamp(clock.instant().minus(SAME_FIGHT)))
                .query((row, _) -> Map.entry(
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name")),
                        new Restored(row.getInt("times"), Rows.instant(row, "last"))))
                .list()
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public void applied(Job job, Fence fence, Observation observation, List<ResourceChange> changes) {
        Target target = job.target().orElseThrow();
        transactions.executeWithoutResult(_ -> {
            if (overtaken(target)) {
                hold(fence);
                return;
            }
            Optional<String> before = appliedDigest(job.identityId());
            steps.move(target.requestId(), RequestStatus.APPLIED, null);
            if (target.kind() != RequestKind.RETIRE_IDENTITY) {
                jdbc.sql("update identity set applied_revision = :revision, in_use_until = :until where id = :id")
                        .param("revision", target.desired().revision())
                        .param(
                                "until",
                                target.credential()
                                        .map(credential -> Rows.timestamp(
                                                credential.certificate().facts().notAfter()))
                                        .orElse(null))
                        .param("id", job.identityId())
                        .update();
            }
            observations.record(job.identityId(), observation);
            remember(job.identityId(), changes);
            steps.finishAttempt(target.requestId(), "apply", "succeeded", null);
            boolean retired = target.kind() == RequestKind.RETIRE_IDENTITY;
            steps.trail(
                    steps.fact(retired ? "identity.retired" : "identity.applied", target.request())
                            .with(Map.of("identity", job.identity()))
                            .digests(before, Optional.of(target.digest())),
                    target.requestId());
            hold(fence);
        });
    }

    @Override
    public void kept(Job job, Fence fence, Observation observation, List<ResourceChange> changes) {
        transactions.executeWithoutResult(_ -> {
            observations.record(job.identityId(), observation);
            remember(job.identityId(), changes);
            hold(fence);
        });
    }

    @Override
    public void failed(Job job, Fence fence, String message, Observation observation) {
        Target target = job.target().orElseThrow();
        transactions.executeWithoutResult(_ -> {
            if (overtaken(target)) {
                hold(fence);
                return;
            }
            boolean first = steps.move(target.requestId(), RequestStatus.FAILED, message);
            observations.record(job.identityId(), observation);
            steps.finishAttempt(target.requestId(), "apply", "failed", message);
            if (first) {
                steps.trail(
                        steps.fact("request.failed", target.request())
                                .with(Map.of("message", message))
                                .digests(appliedDigest(job.identityId()), Optional.of(target.digest())),
                        target.requestId());
            }
            hold(fence);
        });
    }

    @Override
    public void waits(Job job, Fence fence, String reason, List<ResourceChange> changes) {
        if (job.goal() != Goal.CHANGE && changes.isEmpty()) {
            return;
        }
        transactions.executeWithoutResult(_ -> {
            if (job.goal() == Goal.CHANGE) {
                steps.waits(job.target().orElseThrow().requestId(), "apply", reason);
            }
            remember(job.identityId(), changes);
            hold(fence);
        });
    }

    @Override
    public boolean replan(Job job, Fence fence, String reason) {
        Target target = job.target().orElseThrow();
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            if (overtaken(target)) {
                hold(fence);
                return true;
            }
            if (underWay(job.identityId(), target.requestId())) {
                steps.move(target.requestId(), RequestStatus.FAILED, reason + " A newer request is open already.");
                steps.finishAttempt(target.requestId(), "apply", "failed", reason);
                hold(fence);
                return false;
            }
            steps.move(target.requestId(), RequestStatus.PLANNING, reason);
            steps.finishAttempt(target.requestId(), "apply", "replanned", reason);
            steps.trail(
                    steps.fact("request.replanned", target.request())
                            .with(Map.of("reason", reason))
                            .digests(Optional.of(target.digest()), Optional.empty()),
                    target.requestId());
            String old = jdbc.sql("select p.public_id from plan p join request r on r.plan_id = p.id where r.id = :id")
                    .param("id", target.requestId())
                    .query(String.class)
                    .single();
            work.plan(cluster, target.request(), old);
            hold(fence);
            return true;
        }));
    }

    /** The same change by the same manager counts up; a foreign controller that never tires fills no table. */
    private void remember(long identityId, List<ResourceChange> changes) {
        for (ResourceChange change : changes) {
            int counted = jdbc.sql("""
                    update identity_event set last_at = :now, detail = :detail, manager = :manager,
                        -- what is only told is told again whenever somebody looks, and counts if it is something else
                        count = count + case when type in ('restored', 'removed') or detail <> :detail then 1 else 0 end
                    where id = (select id from identity_event where identity_id = :identity and type = :type and kind = :kind
                        and namespace = :namespace and name = :name and (type in ('reported', 'contested') or manager = :manager and detail = :detail)
                        and last_at > :since order by id desc limit 1)
                    """)
                    .param("now", Rows.timestamp(clock.instant()))
                    .param("detail", change.detail())
                    .param("identity", identityId)
                    .param("type", change.type().value())
                    .param("kind", change.kind())
                    .param("namespace", change.namespace())
                    .param("name", change.name())
                    .param("manager", change.manager())
                    .param("since", Rows.timestamp(clock.instant().minus(SAME_FIGHT)))
                    .update();
            if (counted == 0) {
                jdbc.sql("""
                        insert into identity_event (identity_id, type, kind, namespace, name, manager, detail, first_at, last_at)
                        values (:identity, :type, :kind, :namespace, :name, :manager, :detail, :now, :now)
                        """)
                        .param("identity", identityId)
                        .param("type", change.type().value())
                        .param("kind", change.kind())
                        .param("namespace", change.namespace())
                        .param("name", change.name())
                        .param("manager", change.manager())
                        .param("detail", change.detail())
                        .param("now", Rows.timestamp(clock.instant()))
                        .update();
            }
        }
    }

    @Override
    public void noticed(List<Noticed> noticed) {
        jdbc.sql("""
                with seen as (
                    select kind, namespace, name, uid, version, identity
                    from unnest(:kinds, :namespaces, :names, :uids, :versions, :identities) as s (kind, namespace, name, uid, version, identity)),
                off as (
                    select i.id from seen s join identity i on i.public_id = s.identity join app a on a.id = i.app_id
                    join cluster c on c.id = a.cluster_id
                    where c.name = :cluster and not exists (
                        select 1 from observed_object o where o.identity_id = i.id and o.kind = s.kind and o.namespace = s.namespace
                            and o.name = s.name and o.uid is not distinct from s.uid and o.resource_version is not distinct from s.version)
                    union
                    -- who takes care of what is shared: one who is at rest and has had no trouble
                    select (array_agg(o.identity_id order by i.desired_revision is distinct from i.applied_revision,
                        d.removed_at is not null, coalesce(t.consecutive_failures, 0) > 0, o.identity_id))[1]
                    from seen s join observed_object o on o.namespace = s.namespace and o.name = s.name and o.kind = s.kind
                    join identity i on i.id = o.identity_id join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id
                    join destination d on d.id = i.destination_id
                    left join scheduled_tasks t on t.task_name = 'reconcile-' || c.name and t.task_instance = i.public_id
                    where c.name = :cluster group by s.kind, s.namespace, s.name, s.uid, s.version
                    having bool_and(o.uid is distinct from s.uid or o.resource_version is distinct from s.version))
                select want_reconcile(id, false) from (select id from off order by id) as ordered
                """)
                .param("kinds", column(noticed, one -> one.place().kind()))
                .param("namespaces", column(noticed, one -> one.place().namespace()))
                .param("names", column(noticed, one -> one.place().name()))
                .param("uids", column(noticed, one -> one.uid().orElse(null)))
                .param("versions", column(noticed, one -> one.resourceVersion().orElse(null)))
                .param("identities", column(noticed, one -> one.identity().orElse(null)))
                .param("cluster", cluster)
                .query((_, _) -> 1)
                .list();
    }

    @Override
    public List<Known> known(long after, int atLeast) {
        return jdbc.sql("""
                select o.identity_id, o.kind, o.namespace, o.name from observed_object o
                join identity i on i.id = o.identity_id join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id
                where c.name = :cluster and o.identity_id > :after and o.state <> 'missing' order by o.identity_id
                fetch first :page rows with ties
                """)
                .param("cluster", cluster)
                .param("after", after)
                .param("page", atLeast)
                .query((row, _) -> new Known(
                        row.getLong("identity_id"),
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name"))))
                .list();
    }

    @Override
    public void wanted(Set<Long> identityIds) {
        jdbc.sql("select want_reconcile(id, false) from unnest(:ids) as id")
                .param("ids", identityIds.stream().sorted().toArray(Long[]::new))
                .query((_, _) -> 1)
                .list();
    }

    @Override
    public void sweep() {
        jdbc.sql("""
                select want_reconcile(i.id, false) from identity i join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id
                where c.name = :cluster and i.desired_revision is distinct from i.applied_revision and i.desired_revision is not null
                order by i.id
                """).param("cluster", cluster).query((_, _) -> 1).list();
    }

    @Override
    public Set<String> sharedServiceEntries() {
        return Set.copyOf(
                jdbc.sql("""
                select distinct g.namespace || '/' || d.shared_service_entry from destination d join gateway g on g.id = d.gateway_id
                join cluster c on c.id = g.cluster_id where c.name = :cluster
                """).param("cluster", cluster).query(String.class).list());
    }

    @Override
    public void bound(String namespace, String name, Observation.ObservedCondition bound) {
        observations.recordForAll(cluster, namespace, name, bound);
    }

    @Override
    public void sighted(Optional<String> blind) {
        jdbc.sql("""
                insert into cluster_sight (cluster_id, seen_at, blind) select id, now(), :blind from cluster where name = :cluster
                on conflict (cluster_id) do update set seen_at = excluded.seen_at, blind = excluded.blind
                -- of two appliers the one that sees counts, as long as it is there
                where excluded.blind is null or cluster_sight.blind is not null or cluster_sight.seen_at < now() - interval '15 seconds'
                """)
                .param("blind", blind.orElse(null))
                .param("cluster", cluster)
                .update();
    }

    private Optional<String> appliedDigest(long identityId) {
        return jdbc.sql("""
                select p.digest from identity i join request r on r.identity_id = i.id and r.revision = i.applied_revision
                join plan p on p.id = r.plan_id where i.id = :id
                """).param("id", identityId).query(String.class).optional();
    }

    /** A newer request was approved while this one was tried again: its outcome is of no interest any more. */
    private boolean overtaken(Target target) {
        RequestStatus status = RequestStatus.of(jdbc.sql("select status from request where id = :id for update")
                .param("id", target.requestId())
                .query(String.class)
                .single());
        if (status == RequestStatus.APPLYING || status == RequestStatus.FAILED) {
            return false;
        }
        steps.finishAttempt(target.requestId(), "apply", "failed", "The request is " + status.value() + " meanwhile.");
        return true;
    }

    private static @Nullable String[] column(List<Noticed> rows, Function<Noticed, @Nullable String> value) {
        return rows.stream().map(value).toArray(String[]::new);
    }
}
