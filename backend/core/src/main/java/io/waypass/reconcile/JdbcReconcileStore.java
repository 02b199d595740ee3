package io.waypass.reconcile;

import io.waypass.audit.AuditTrail;
import io.waypass.database.Rows;
import io.waypass.destination.Destinations;
import io.waypass.plan.PlanObject;
import io.waypass.plan.Plans;
import io.waypass.request.Attempts;
import io.waypass.request.Request;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.resource.ObjectPlace;
import io.waypass.resource.Observation;
import io.waypass.resource.Observations;
import io.waypass.resource.ResourceChange;
import io.waypass.resource.ResourceEvents;
import io.waypass.resource.ResourceKind;
import io.waypass.resource.WatchReports;
import io.waypass.task.Fence;
import io.waypass.task.Fences;
import io.waypass.task.ReconcileTasks;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** {@link ReconcileStore} on PostgreSQL, with the rights of an applier's role. */
final class JdbcReconcileStore implements ReconcileStore {

    private record Head(
            long resourceId,
            @Nullable Integer desired,
            @Nullable Integer applied,
            @Nullable Integer retired,
            boolean reportOnly) {}

    private final JdbcClient jdbc;
    private final ReconcileTasks tasks;
    private final Fences fences;
    private final TransactionOperations transactions;
    private final RequestTransitions requests;
    private final Attempts attempts;
    private final Plans plans;
    private final RevisionLoader revisions;
    private final Destinations destinations;
    private final Observations observations;
    private final ResourceEvents events;
    private final WatchReports watch;
    private final String cluster;

    JdbcReconcileStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            RequestTransitions requests,
            Attempts attempts,
            Plans plans,
            RevisionLoader revisions,
            Destinations destinations,
            Observations observations,
            ResourceEvents events,
            WatchReports watch,
            String cluster) {
        this.jdbc = jdbc;
        this.tasks = new ReconcileTasks(jdbc);
        this.fences = new Fences(jdbc);
        this.transactions = transactions;
        this.requests = requests;
        this.attempts = attempts;
        this.plans = plans;
        this.revisions = revisions;
        this.destinations = destinations;
        this.observations = observations;
        this.events = events;
        this.watch = watch;
        this.cluster = cluster;
    }

    @Override
    public void confirm(Fence fence) {
        fences.confirm(fence);
    }

    @Override
    public Optional<ResourceKind> findKind(String resource) {
        return jdbc.sql("""
                select r.kind from resource r join cluster c on c.id = r.cluster_id where r.public_id = :resource and c.name = :cluster
                """)
                .param("resource", resource)
                .param("cluster", cluster)
                .query(String.class)
                .optional()
                .map(ResourceKind::of);
    }

    @Override
    public void skip(Fence fence) {
        fences.countWakeups(fence);
    }

    @Override
    public Optional<Job> takeUp(String resource, Fence fence) {
        fences.countWakeups(fence);
        return transactions.execute(_ -> {
            Optional<Job> job = head(resource).flatMap(head -> job(resource, head));
            fences.hold(fence);
            return job;
        });
    }

    @Override
    public void putBack(String task, String instance, Runnable reschedule) {
        transactions.executeWithoutResult(_ -> {
            reschedule.run();
            tasks.dueIfWoken(task, instance);
        });
    }

    private Optional<Head> head(String resource) {
        return jdbc.sql("""
                select r.id, r.desired_revision, r.applied_revision, r.retired_revision, c.drift = 'report-only' as report_only
                from resource r join cluster c on c.id = r.cluster_id
                where r.public_id = :resource and c.name = :cluster
                """)
                .param("resource", resource)
                .param("cluster", cluster)
                .query((row, _) -> new Head(
                        row.getLong("id"),
                        row.getObject("desired_revision", Integer.class),
                        row.getObject("applied_revision", Integer.class),
                        row.getObject("retired_revision", Integer.class),
                        row.getBoolean("report_only")))
                .optional();
    }

    private Optional<Job> job(String resource, Head head) {
        Integer kept = head.applied() == null ? head.retired() : head.applied();
        if (head.desired() != null && !head.desired().equals(head.applied())) {
            Optional<Target> next = change(head.resourceId(), head.desired());
            if (next.isPresent()) {
                List<PlanObject> before = kept == null ? List.of() : appliedObjects(head.resourceId(), kept);
                return Optional.of(job(resource, head, Goal.CHANGE, next, before, writtenBefore(head, head.desired())));
            }
        }
        if (kept != null) {
            return requests.find(head.resourceId(), kept)
                    .flatMap(request ->
                            approved(request).map(plan -> target(request, plan, attempts.firstApplied(request.id()))))
                    .map(target ->
                            job(resource, head, Goal.KEEP, Optional.of(target), List.of(), writtenBefore(head, kept)));
        }
        List<PlanObject> written = writtenBefore(head, Integer.MAX_VALUE);
        return requests.anotherIsOpen(head.resourceId(), 0) || written.isEmpty()
                ? Optional.empty()
                : Optional.of(job(resource, head, Goal.CLEAR, Optional.empty(), List.of(), written));
    }

    /** What may be left when a revision becomes the target: of the one that was applied before it, and of later approvals. */
    private List<PlanObject> writtenBefore(Head head, int revision) {
        return plans.written(head.resourceId(), attempts.lastAppliedBefore(head.resourceId(), revision));
    }

    private Job job(
            String resource,
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
                head.resourceId(),
                resource,
                goal,
                head.reportOnly(),
                target,
                applied,
                written.stream()
                        .filter(object -> !there.contains(place(object)))
                        .toList(),
                attempts.firstAppliedByRevision(head.resourceId()),
                observations.known(head.resourceId()),
                events.restored(head.resourceId()),
                events.closed(head.resourceId()));
    }

    private static ObjectPlace place(PlanObject object) {
        return new ObjectPlace(object.kind(), object.namespace(), object.name());
    }

    /** Takes up a request, if it is still approved. */
    private Optional<Target> change(long resourceId, int revision) {
        Optional<Request> found = requests.find(resourceId, revision)
                .filter(request -> toBeApplied(request.status()))
                .flatMap(request -> requests.lock(request.publicId()))
                .filter(request -> toBeApplied(request.status()));
        Optional<Plans.Approved> plan = found.flatMap(this::approved);
        if (plan.isEmpty()) {
            return Optional.empty();
        }
        Request request = found.orElseThrow();
        attempts.endAbandoned(resourceId);
        if (request.status() == RequestStatus.APPROVED) {
            requests.perform(request, request.startApplying());
        }
        attempts.start(request.id(), "apply");
        return Optional.of(target(request, plan.get(), Optional.empty()));
    }

    private static boolean toBeApplied(RequestStatus status) {
        return status == RequestStatus.APPROVED || status == RequestStatus.APPLYING || status == RequestStatus.FAILED;
    }

    private Optional<Plans.Approved> approved(Request request) {
        return request.planId().flatMap(plan -> plans.approved(plan, requests.basis(request.id())));
    }

    private Target target(Request request, Plans.Approved plan, Optional<Instant> appliedAt) {
        return new Target(
                request.id(),
                request.publicId(),
                request.revision(),
                request.operation(),
                revisions.load(request),
                plan.digest(),
                plans.objects(request.planId().orElseThrow()),
                plan.relied(),
                plan.basisHolds(),
                appliedAt);
    }

    private List<PlanObject> appliedObjects(long resourceId, int revision) {
        return requests.find(resourceId, revision)
                .flatMap(Request::planId)
                .map(plans::objects)
                .orElse(List.of());
    }

    @Override
    public void recordApplied(Job job, Fence fence, Observation observation, List<ResourceChange> changes) {
        Target target = job.target().orElseThrow();
        transactions.executeWithoutResult(_ -> {
            lockToApply(target).ifPresent(request -> {
                Optional<String> before = plans.appliedDigest(job.resourceId());
                String kind = target.desired().kind().value();
                observations.record(job.resourceId(), observation);
                events.record(job.resourceId(), changes);
                attempts.finish(request.id(), "apply", "succeeded", null);
                revisions.applied(job.resourceId(), target.desired());
                requests.perform(
                        request,
                        request.applied(),
                        fact(kind + (target.retires() ? ".retired" : ".applied"), request)
                                .with(Map.of(kind, job.resource()))
                                .digests(before, Optional.of(target.digest())));
            });
            fences.hold(fence);
        });
    }

    @Override
    public void recordObserved(Job job, Fence fence, Observation observation, List<ResourceChange> changes) {
        transactions.executeWithoutResult(_ -> {
            observations.record(job.resourceId(), observation);
            events.record(job.resourceId(), changes);
            fences.hold(fence);
        });
    }

    @Override
    public void recordFailure(
            Job job, Fence fence, String message, Observation observation, List<ResourceChange> changes) {
        Target target = job.target().orElseThrow();
        transactions.executeWithoutResult(_ -> {
            lockToApply(target).ifPresent(request -> {
                observations.record(job.resourceId(), observation);
                events.record(job.resourceId(), changes);
                requests.fail(
                        request,
                        message,
                        fact("request.failed", request)
                                .digests(plans.appliedDigest(job.resourceId()), Optional.of(target.digest())));
            });
            fences.hold(fence);
        });
    }

    @Override
    public void recordWait(Job job, Fence fence, String reason, List<ResourceChange> changes) {
        if (job.goal() != Goal.CHANGE && changes.isEmpty()) {
            return;
        }
        transactions.executeWithoutResult(_ -> {
            if (job.goal() == Goal.CHANGE) {
                requests.recordWait(job.target().orElseThrow().requestId(), "apply", reason);
            }
            events.record(job.resourceId(), changes);
            fences.hold(fence);
        });
    }

    @Override
    public boolean replan(Job job, Fence fence, String reason) {
        Target target = job.target().orElseThrow();
        return Boolean.TRUE.equals(transactions.execute(_ -> {
            Optional<Request> request = lockToApply(target);
            boolean replanned = request.isEmpty() || replan(request.get(), target, reason);
            fences.hold(fence);
            return replanned;
        }));
    }

    private boolean replan(Request request, Target target, String reason) {
        if (requests.anotherIsOpen(request.resourceId(), request.id())) {
            attempts.finish(request.id(), "apply", "failed", reason);
            requests.perform(request, request.fail(reason + " A newer request is open already."));
            return false;
        }
        attempts.finish(request.id(), "apply", "replanned", reason);
        requests.perform(
                request,
                request.replan(reason),
                fact("request.replanned", request)
                        .with(Map.of("reason", reason))
                        .digests(Optional.of(target.digest()), Optional.empty()));
        return true;
    }

    /** Empty if a newer request was approved meanwhile; the outcome of this one no longer matters. */
    private Optional<Request> lockToApply(Target target) {
        Request request = requests.lock(target.request()).orElseThrow();
        if (request.status() == RequestStatus.APPLYING || request.status() == RequestStatus.FAILED) {
            return Optional.of(request);
        }
        attempts.finish(
                request.id(),
                "apply",
                "failed",
                "The request is " + request.status().value() + " meanwhile.");
        return Optional.empty();
    }

    private AuditTrail.Fact fact(String action, Request request) {
        return RequestTransitions.fact("applier:" + cluster, action, request);
    }

    @Override
    public void enqueueChanged(List<ChangedObject> changed) {
        tasks.recheck(jdbc.sql("""
                with seen as (
                    select kind, namespace, name, uid, version, identity
                    from unnest(:kinds, :namespaces, :names, :uids, :versions, :identities) as s (kind, namespace, name, uid, version, identity)),
                off as (
                    select r.id from seen s join resource r on r.public_id = s.identity and r.kind <> 'cluster'
                    join cluster c on c.id = r.cluster_id
                    where c.name = :cluster and not exists (
                        select 1 from observed_object o where o.resource_id = r.id and o.kind = s.kind and o.namespace = s.namespace
                            and o.name = s.name and o.uid is not distinct from s.uid and o.resource_version is not distinct from s.version)
                    union
                    -- which of those that share it restores it: one that is at rest and has had no failure
                    select (array_agg(o.resource_id order by r.desired_revision is distinct from r.applied_revision,
                        d.removed_at is not null, t.resource_id is not null, o.resource_id))[1]
                    from seen s join observed_object o on o.namespace = s.namespace and o.name = s.name and o.kind = s.kind
                    join resource r on r.id = o.resource_id join cluster c on c.id = r.cluster_id
                    left join identity i on i.id = r.id left join destination d on d.id = i.destination_id
                    left join resources_to_retry(:cluster) as t (resource_id) on t.resource_id = r.id
                    where c.name = :cluster group by s.kind, s.namespace, s.name, s.uid, s.version
                    having bool_and(o.uid is distinct from s.uid or o.resource_version is distinct from s.version))
                select id from off
                """)
                .param("kinds", Rows.column(changed, one -> one.place().kind()))
                .param("namespaces", Rows.column(changed, one -> one.place().namespace()))
                .param("names", Rows.column(changed, one -> one.place().name()))
                .param("uids", Rows.column(changed, one -> one.uid().orElse(null)))
                .param(
                        "versions",
                        Rows.column(changed, one -> one.resourceVersion().orElse(null)))
                .param("identities", Rows.column(changed, one -> one.identity().orElse(null)))
                .param("cluster", cluster)
                .query(Long.class)
                .list());
    }

    @Override
    public List<ObservedPlace> listObserved(long after, int atLeast) {
        return jdbc.sql("""
                select o.resource_id, o.kind, o.namespace, o.name from observed_object o
                join resource r on r.id = o.resource_id join cluster c on c.id = r.cluster_id
                where c.name = :cluster and o.resource_id > :after and o.state <> 'missing' order by o.resource_id
                fetch first :page rows with ties
                """)
                .param("cluster", cluster)
                .param("after", after)
                .param("page", atLeast)
                .query((row, _) -> new ObservedPlace(
                        row.getLong("resource_id"),
                        new ObjectPlace(row.getString("kind"), row.getString("namespace"), row.getString("name"))))
                .list();
    }

    @Override
    public void enqueue(Set<Long> resourceIds) {
        tasks.recheck(resourceIds);
    }

    @Override
    public void sweep() {
        tasks.recheck(jdbc.sql("""
                select distinct r.id from request q join resource r on r.id = q.resource_id join cluster c on c.id = r.cluster_id
                where c.name = :cluster and q.status in ('approved', 'applying', 'failed')
                """).param("cluster", cluster).query(Long.class).list());
    }

    @Override
    public List<Destinations.Entry> catalogue() {
        return destinations.entries(cluster);
    }

    @Override
    public Set<String> sharedServiceEntries() {
        return destinations.sharedServiceEntries(cluster);
    }

    @Override
    public void recordBinding(String namespace, String name, Observation.ObservedCondition bound) {
        observations.recordForAll(destinations.appliedBehind(cluster, namespace, name), bound);
    }

    @Override
    public void recordWatch(Optional<String> unwatched) {
        watch.report(cluster, unwatched);
    }
}
