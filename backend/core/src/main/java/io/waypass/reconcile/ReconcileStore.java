package io.waypass.reconcile;

import io.waypass.audit.AuditTrail;
import io.waypass.certificate.Certificates;
import io.waypass.cluster.Clusters;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import io.waypass.identity.Credential;
import io.waypass.identity.IdentitySpec;
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
import java.time.Duration;
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

/**
 * Identities as the applier of one cluster keeps them: what shall be in the cluster, by which decision, and what was found there. Every
 * method may be called again after a crash. What is written down is written under the {@link Fence} of the identity's task.
 */
public final class ReconcileStore {

    /** The same change by the same manager within this counts as one that goes on. */
    public static final Duration SAME_FIGHT = Duration.ofMinutes(30);

    /** What is to be done about an identity. */
    public enum Goal {
        /** A decision asks for another state than the one that was applied last. */
        CHANGE,
        /** What was applied last is kept. */
        KEEP,
        /** Nothing is desired, nothing was applied: what an approval that no longer stands may have left is removed. */
        CLEAR
    }

    /**
     * A state of an identity that a decision covers.
     *
     * @param requestId key inside the database
     * @param request {@code req_…}
     * @param kind of the request
     * @param desired what it was rendered from
     * @param credential what goes into the Secret; empty for a retirement
     * @param digest that the decision names
     * @param objects the approved plan's own: what shall be there in the order of apply, then what shall not be there
     *     ({@link PlanObject.Action#DELETE}) in the order of removal
     * @param relied what the cluster said when it was planned, by name of the fact
     * @param basisHolds whether the database still says what the plan was made from
     * @param appliedAt when it was applied first; empty if it was not yet
     * @param destinationKept whether the destination is still in the catalogue; what its identities shared is nobody's then
     */
    public record Target(
            long requestId,
            String request,
            RequestKind kind,
            IdentitySpec desired,
            Optional<Credential> credential,
            String digest,
            List<PlanObject> objects,
            Map<String, String> relied,
            boolean basisHolds,
            Optional<Instant> appliedAt,
            boolean destinationKept) {

        /** Copies what may change. */
        public Target {
            objects = List.copyOf(objects);
            relied = Map.copyOf(relied);
        }
    }

    /**
     * How often an object was put right, or removed, of late, whoever had changed it.
     *
     * @param times how often, each within {@link #SAME_FIGHT} of the one before
     * @param last when last
     */
    public record Restored(int times, Instant last) {}

    /**
     * An identity to be looked at.
     *
     * @param identityId key inside the database
     * @param identity {@code idn_…}
     * @param goal what is to be done
     * @param reportOnly whether drift is told and not put right
     * @param target what shall be in the cluster; empty if nothing shall
     * @param applied objects of the plan that was applied last, if another is to be applied now: their fields are ours
     * @param leftovers the identity's own objects that approved plans may have written and that the target does not have
     * @param known uid of each object that was seen last, by place
     * @param restored what was put right of late, by place
     */
    public record Job(
            long identityId,
            String identity,
            Goal goal,
            boolean reportOnly,
            Optional<Target> target,
            List<PlanObject> applied,
            List<PlanObject> leftovers,
            Map<ObjectPlace, String> known,
            Map<ObjectPlace, Restored> restored) {

        /** Copies what may change. */
        public Job {
            applied = List.copyOf(applied);
            leftovers = List.copyOf(leftovers);
            known = Map.copyOf(known);
            restored = Map.copyOf(restored);
        }

        @Override
        public String toString() {
            return "Job[" + identity + ", " + goal
                    + target.map(to -> ", " + to.request()).orElse("") + "]";
        }
    }

    /**
     * An object that a watch spoke of.
     *
     * @param place where
     * @param uid of the object; empty if it is gone
     * @param resourceVersion of the object; empty if it is gone
     * @param identity that it says it belongs to
     */
    public record Noticed(
            ObjectPlace place, Optional<String> uid, Optional<String> resourceVersion, Optional<String> identity) {}

    /**
     * An object as it was seen last.
     *
     * @param identityId whose
     * @param place where
     */
    public record Known(long identityId, ObjectPlace place) {}

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

    /**
     * Makes the applier's view.
     *
     * @param jdbc the applier's database
     * @param transactions for writes
     * @param json reads what plans relied on
     * @param clusters knows the cluster
     * @param destinations knows the destination
     * @param certificates for certificates and sealed keys
     * @param observations keeps what was seen
     * @param work to ask for a new plan
     * @param audit the trail
     * @param clock tells when
     * @param cluster name of the applier's own cluster; other clusters' identities are not found
     */
    public ReconcileStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            JsonMapper json,
            Clusters clusters,
            Destinations destinations,
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
        this.steps = new RequestTransitions(jdbc, json, clusters, destinations, certificates, audit, clock, cluster);
    }

    /**
     * Says whether the identity is still this applier's to work on; asked before each write to the cluster.
     *
     * @param fence as it was taken
     * @throws Fence.Overtaken if not
     */
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

    /**
     * Takes up an identity.
     *
     * @param identity {@code idn_…}
     * @param fence the right to
     * @return what is to be done; empty if this cluster has no such identity, or its next state waits for a plan or a decision and
     *     nothing was applied before
     */
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
                .map(ReconcileStore::place)
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

    /**
     * Everything is as the target says, and was read back.
     *
     * @param job that was done, with a target
     * @param fence the right to say so
     * @param observation what was read back
     * @param changes what was found and put right on the way
     */
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

    /**
     * What was applied before was looked at.
     *
     * @param job that was done
     * @param fence the right to say so
     * @param observation what was found in the end
     * @param changes what others had done, and what became of it
     */
    public void kept(Job job, Fence fence, Observation observation, List<ResourceChange> changes) {
        transactions.executeWithoutResult(_ -> {
            observations.record(job.identityId(), observation);
            remember(job.identityId(), changes);
            hold(fence);
        });
    }

    /**
     * The cluster refused what was to be applied; the request fails, and is tried again by its identity's task.
     *
     * @param job what was tried, with a target
     * @param fence the right to say so
     * @param message the API server's words
     * @param observation what is there now
     */
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

    /**
     * Says why a request is still not applied; its status stays.
     *
     * @param job what was to be done
     * @param fence the right to say so
     * @param reason for people, such as an API server that does not answer, and when it is tried again
     * @param changes what was put right before
     */
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

    /**
     * What the plan relied on no longer holds: the request goes back to planning, and nothing is applied.
     *
     * @param job what was to be applied
     * @param fence the right to say so
     * @param reason what changed
     * @return whether it does; one that has failed stays so while a newer request of the identity is open, since only one may be
     */
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

    /**
     * Takes in what watches told: an identity is looked at if one of its objects is not as it was seen last. Of what many identities
     * share, one of them takes care.
     *
     * @param noticed objects that changed, or are gone
     */
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

    /**
     * What was seen last of all identities of the cluster, a part at a time; to be held against what is there after a start.
     *
     * @param after identity to go on after, 0 to begin
     * @param atLeast how many objects, if there are as many; an identity's objects come together
     * @return objects that were there, by identity; empty at the end
     */
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

    /**
     * Wants identities to be looked at.
     *
     * @param identityIds keys inside the database
     */
    public void wanted(Set<Long> identityIds) {
        jdbc.sql("select want_reconcile(id, false) from unnest(:ids) as id")
                .param("ids", identityIds.stream().sorted().toArray(Long[]::new))
                .query((_, _) -> 1)
                .list();
    }

    /** Wants every identity to be looked at whose desired state is not the applied one, should its task have been lost. */
    public void sweep() {
        jdbc.sql("""
                select want_reconcile(i.id, false) from identity i join app a on a.id = i.app_id join cluster c on c.id = a.cluster_id
                where c.name = :cluster and i.desired_revision is distinct from i.applied_revision and i.desired_revision is not null
                order by i.id
                """).param("cluster", cluster).query((_, _) -> 1).list();
    }

    /** {@return the shared ServiceEntries of the cluster's destinations, each as namespace, slash, name} */
    public Set<String> sharedServiceEntries() {
        return Set.copyOf(
                jdbc.sql("""
                select distinct g.namespace || '/' || d.shared_service_entry from destination d join gateway g on g.id = d.gateway_id
                join cluster c on c.id = g.cluster_id where c.name = :cluster
                """).param("cluster", cluster).query(String.class).list());
    }

    /**
     * Keeps what a shared ServiceEntry says for every identity that goes through it.
     *
     * @param namespace of the ServiceEntry
     * @param name of the ServiceEntry
     * @param bound what it says
     */
    public void bound(String namespace, String name, Observation.ObservedCondition bound) {
        observations.recordForAll(cluster, namespace, name, bound);
    }

    /**
     * Says that the cluster is watched, so that what was seen is known to be fresh. The clock is the database's, by which is judged
     * how long ago it was.
     *
     * @param blind what is not watched, and why; empty if all is
     */
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
