package io.waypass.reconcile;

import io.waypass.audit.AuditTrail;
import io.waypass.cluster.OrphanRemovals;
import io.waypass.cluster.OrphanRemovals.Removed;
import io.waypass.cluster.RemovalOutcome;
import io.waypass.plan.Plans;
import io.waypass.request.Attempts;
import io.waypass.request.Request;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestTransitions;
import io.waypass.task.Fence;
import io.waypass.task.Fences;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** {@link OrphanRemovalStore} on PostgreSQL, with the rights of an applier's role. */
public final class JdbcOrphanRemovalStore implements OrphanRemovalStore {

    private final JdbcClient jdbc;
    private final TransactionOperations transactions;
    private final Fences fences;
    private final RequestTransitions requests;
    private final Attempts attempts;
    private final Plans plans;
    private final OrphanRemovals removals;
    private final String cluster;

    public JdbcOrphanRemovalStore(
            JdbcClient jdbc,
            TransactionOperations transactions,
            RequestTransitions requests,
            Attempts attempts,
            Plans plans,
            OrphanRemovals removals,
            String cluster) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.fences = new Fences(jdbc);
        this.requests = requests;
        this.attempts = attempts;
        this.plans = plans;
        this.removals = removals;
        this.cluster = cluster;
    }

    @Override
    public List<Job> takeUp(String resource, Fence fence) {
        fences.countWakeups(fence);
        return transactions.execute(_ -> {
            List<Job> jobs = approved(resource).stream()
                    .map(this::start)
                    .flatMap(Optional::stream)
                    .toList();
            fences.hold(fence);
            return jobs;
        });
    }

    private List<String> approved(String resource) {
        return jdbc.sql("""
                select q.public_id from request q join resource r on r.id = q.resource_id join cluster c on c.id = r.cluster_id
                where r.public_id = :resource and r.kind = 'cluster' and c.name = :cluster
                    and q.status in ('approved', 'applying', 'failed')
                order by q.id
                """)
                .param("resource", resource)
                .param("cluster", cluster)
                .query(String.class)
                .list();
    }

    private Optional<Job> start(String publicId) {
        Request request = requests.lock(publicId).orElseThrow();
        Optional<Plans.Approved> plan = request.planId()
                .filter(id -> approvedByAnother(request, id))
                .flatMap(id -> plans.approved(id, requests.basis(request.id())));
        if (plan.isEmpty() || !isWorkedOn(request.status()) && request.status() != RequestStatus.APPROVED) {
            return Optional.empty();
        }
        if (request.status() == RequestStatus.APPROVED) {
            requests.perform(request, request.startApplying());
        }
        attempts.start(request.id(), "apply");
        return Optional.of(new Job(
                request.resourceId(),
                request.revision(),
                publicId,
                plan.get().digest(),
                removals.objects(request.resourceId(), request.revision())));
    }

    /** Checked here again, and not only at the decision, because a deletion cannot be undone. */
    private boolean approvedByAnother(Request request, long planId) {
        return jdbc.sql("""
                select exists (select 1 from decision d join request r on r.id = d.request_id
                    where d.request_id = :request and d.plan_id = :plan and d.verdict = 'approved' and d.decided_by <> r.requested_by)
                """)
                .param("request", request.id())
                .param("plan", planId)
                .query(Boolean.class)
                .single();
    }

    @Override
    public void confirm(Fence fence) {
        fences.confirm(fence);
    }

    @Override
    public void recordRemoved(Job job, Fence fence, List<Removed> removed) {
        transactions.executeWithoutResult(_ -> {
            lock(job).ifPresent(request -> {
                removals.record(job.clusterId(), job.revision(), removed);
                Map<RemovalOutcome, Long> outcomes = removals.outcomes(job.clusterId(), job.revision());
                if (outcomes.values().stream().mapToLong(Long::longValue).sum()
                        == job.objects().size()) {
                    attempts.finish(request.id(), "apply", "succeeded", null);
                    requests.perform(
                            request,
                            request.applied(),
                            fact("orphans.removed", request)
                                    .with(Map.of(
                                            "deleted", count(outcomes, RemovalOutcome.DELETED),
                                            "gone", count(outcomes, RemovalOutcome.GONE),
                                            "kept", count(outcomes, RemovalOutcome.KEPT)))
                                    .digests(Optional.of(job.digest()), Optional.empty()));
                }
            });
            fences.hold(fence);
        });
    }

    private static String count(Map<RemovalOutcome, Long> outcomes, RemovalOutcome outcome) {
        return Long.toString(outcomes.getOrDefault(outcome, 0L));
    }

    @Override
    public void recordFailure(Job job, Fence fence, String message) {
        transactions.executeWithoutResult(_ -> {
            lock(job)
                    .ifPresent(request -> requests.fail(
                            request,
                            message,
                            fact("request.failed", request)
                                    .digests(Optional.of(job.digest()), Optional.of(job.digest()))));
            fences.hold(fence);
        });
    }

    @Override
    public void recordWait(Job job, Fence fence, String reason) {
        transactions.executeWithoutResult(_ -> {
            lock(job).ifPresent(request -> requests.recordWait(request.id(), "apply", reason));
            fences.hold(fence);
        });
    }

    /** Empty if another applier has completed it. */
    private Optional<Request> lock(Job job) {
        return requests.lock(job.request()).filter(request -> isWorkedOn(request.status()));
    }

    private static boolean isWorkedOn(RequestStatus status) {
        return status == RequestStatus.APPLYING || status == RequestStatus.FAILED;
    }

    private AuditTrail.Fact fact(String action, Request request) {
        return RequestTransitions.fact("applier:" + cluster, action, request);
    }
}
