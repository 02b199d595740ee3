package io.waypass.applier.task;

import com.github.kagkarlsson.scheduler.Clock;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ApiServerRefused;
import io.waypass.applier.plan.DryRunRetry;
import io.waypass.applier.plan.Planner;
import io.waypass.applier.plan.StalePlanDetector;
import io.waypass.applier.reconcile.ApplyFailed;
import io.waypass.applier.reconcile.KeysetBehind;
import io.waypass.applier.reconcile.ResourceReconciler;
import io.waypass.applier.sealing.KeysetPublication;
import io.waypass.reconcile.PlanningStore;
import io.waypass.reconcile.ReconcileStore;
import io.waypass.task.Fence;
import io.waypass.task.TaskQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tasks of one cluster. A failed task is retried with growing delays and jitter, so that one that never succeeds
 * does not block others. A task whose applier died or froze is picked by another once heartbeats are missed. Nothing is
 * lost: a planning task's row is deleted only when its work is done, a resource's row is never deleted.
 */
public final class ApplierTasks {

    private static final Logger LOG = LoggerFactory.getLogger(ApplierTasks.class);

    private final String cluster;
    private final PlanningStore store;
    private final ReconcileStore tasks;
    private final Planner planner;
    private final ResourceReconciler reconciler;
    private final KeysetPublication keyset;
    private final StalePlanDetector stalePlans;
    private final DryRunRetry dryRuns;
    private final Clock clock;

    public ApplierTasks(
            String cluster,
            PlanningStore store,
            ReconcileStore tasks,
            Planner planner,
            ResourceReconciler reconciler,
            KeysetPublication keyset,
            StalePlanDetector stalePlans,
            DryRunRetry dryRuns,
            Clock clock) {
        this.cluster = cluster;
        this.store = store;
        this.tasks = tasks;
        this.planner = planner;
        this.reconciler = reconciler;
        this.keyset = keyset;
        this.stalePlans = stalePlans;
        this.dryRuns = dryRuns;
        this.clock = clock;
    }

    /** {@return the tasks, for the scheduler} */
    public List<Task<?>> all() {
        String reconcile = TaskQueue.reconcileTask(cluster);
        return List.of(
                Tasks.oneTime(TaskQueue.planTask(cluster))
                        .onDeadExecution(this::revive)
                        .onFailure(this::retry)
                        .execute((instance, _) -> plan(instance.getId())),
                Tasks.custom(reconcile, Void.class)
                        .onDeadExecution(this::revive)
                        .onFailure(this::retry)
                        .execute((instance, context) ->
                                reconcile(new Fence(reconcile, instance.getId(), context.getExecution().version))));
    }

    private void plan(String instance) {
        String request = TaskQueue.requestOf(instance);
        store.takeUp(request).ifPresent(job -> {
            job.credential()
                    .flatMap(credential -> keyset.behind(credential.sealedKey()))
                    .ifPresent(reason -> {
                        store.recordWait(job.requestId(), "plan", reason);
                        throw new KeysetBehind(reason);
                    });
            try {
                store.recordPlan(job, planner.plan(job));
                LOG.info("{}: planned", request);
            } catch (ApiServerAway away) {
                LOG.warn("{}: the API server of cluster {} does not answer: {}", request, cluster, away.getMessage());
                store.recordWait(job.requestId(), "plan", away.waitingReason(cluster));
                throw away;
            }
        });
        stalePlans.recheck(request);
        dryRuns.retry(request);
    }

    private CompletionHandler<Void> reconcile(Fence fence) {
        try {
            Duration next = reconciler.reconcile(fence.instance(), fence);
            return (complete, operations) ->
                    putBack(complete, operations, clock.now().plus(next));
        } catch (Fence.Overtaken overtaken) {
            LOG.warn("{}; this applier leaves it alone", overtaken.getMessage());
            // the row belongs to another applier: there is nothing to put back
            return (_, _) -> {};
        }
    }

    private void revive(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        LOG.info("{}: its applier sends no heartbeats; it is taken over", complete.getExecution().taskInstance);
        putBack(complete, operations, clock.now());
    }

    private void retry(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Execution execution = complete.getExecution();
        Throwable cause = complete.getCause().orElse(null);
        if (!RetryBackoff.isUnavailable(cause) && !(cause instanceof ApplyFailed) && !isUnjudged(cause)) {
            LOG.error("{} failed and is tried again", execution.taskInstance, cause);
        }
        putBack(
                complete,
                operations,
                clock.now()
                        .plus(RetryBackoff.delayAfter(
                                cause, execution.consecutiveFailures, ThreadLocalRandom.current())));
    }

    /** The plan of the request says so already. */
    private static boolean isUnjudged(@Nullable Throwable cause) {
        return cause instanceof ApiServerRefused refusal && refusal.isUnjudged();
    }

    private void putBack(ExecutionComplete complete, ExecutionOperations<Void> operations, Instant at) {
        TaskInstance<?> task = complete.getExecution().taskInstance;
        tasks.putBack(task.getTaskName(), task.getId(), () -> operations.reschedule(complete, at));
    }
}
