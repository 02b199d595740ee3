package io.waypass.applier.work;

import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import io.waypass.applier.apply.ApplyFailed;
import io.waypass.applier.apply.Applying;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.plan.Planning;
import io.waypass.request.NewPlan;
import io.waypass.request.RequestWork;
import io.waypass.work.WorkQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two tasks of one cluster. A task that fails is tried again, each time later, with jitter; a task whose applier died
 * is revived once its heartbeats stay out. Nothing is lost: the task's row goes only when its work is done.
 */
public final class ApplierTasks {

    private static final Logger LOG = LoggerFactory.getLogger(ApplierTasks.class);
    private static final Duration FIRST_RETRY = Duration.ofMillis(500);
    private static final Duration LONGEST_RETRY = Duration.ofSeconds(30);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private final String cluster;
    private final RequestWork work;
    private final Planning planning;
    private final Applying applying;
    private final IdentityWork identities;
    private final KeysetPublication keyset;
    private final Replanning replanning;

    /** The private key is sealed for a key that other appliers of the cluster have; one of them may take up the task. */
    private static final class KeysetBehind extends RuntimeException {
        KeysetBehind(String message) {
            super(message, null, false, false);
        }
    }

    /**
     * Makes the tasks.
     *
     * @param cluster name of the applier's cluster
     * @param work requests to work on
     * @param planning plans
     * @param applying applies
     * @param locks keeps two appliers off one identity
     * @param keyset knows whether the keyset is the present one
     * @param replanning looks at a plan that was just kept
     */
    public ApplierTasks(
            String cluster,
            RequestWork work,
            Planning planning,
            Applying applying,
            IdentityLock locks,
            KeysetPublication keyset,
            Replanning replanning) {
        this.cluster = cluster;
        this.work = work;
        this.planning = planning;
        this.applying = applying;
        this.identities = new IdentityWork(work, locks);
        this.keyset = keyset;
        this.replanning = replanning;
    }

    /** {@return the tasks, for the scheduler} */
    public List<Task<?>> all() {
        return List.of(
                Tasks.oneTime(WorkQueue.planTask(cluster))
                        .onDeadExecutionRevive()
                        .onFailure(ApplierTasks::again)
                        .execute((instance, _) -> plan(instance.getId())),
                Tasks.oneTime(WorkQueue.applyTask(cluster))
                        .onDeadExecutionRevive()
                        .onFailure(ApplierTasks::again)
                        .execute((instance, _) -> apply(instance.getId())));
    }

    private void plan(String instance) {
        String request = WorkQueue.requestOf(instance);
        identities.plan(instance, job -> {
            requireKey(job.requestId(), "plan", request, job.sealedKey());
            try {
                NewPlan plan = planning.plan(job);
                LOG.info("{}: planned", request);
                return plan;
            } catch (ApiServerAway away) {
                throw waits(job.requestId(), "plan", request, away);
            }
        });
        replanning.look(request);
    }

    private void apply(String instance) {
        String request = WorkQueue.requestOf(instance);
        identities.apply(instance, job -> {
            requireKey(job.requestId(), "apply", request, job.sealedKey());
            try {
                applying.apply(job);
            } catch (ApiServerAway away) {
                throw waits(job.requestId(), "apply", request, away);
            }
        });
    }

    /** A request is not called invalid because an applier was given an old file. */
    private void requireKey(long requestId, String task, String request, byte[] sealedKey) {
        keyset.lackingFor(sealedKey).ifPresent(id -> {
            LOG.warn("{}: is sealed for key {}, which is not in this applier's keyset file", request, id);
            work.waits(
                    requestId,
                    task,
                    "An applier of cluster " + cluster + " was started with an older sealing keyset, so the private key"
                            + " does not open there. Nothing is lost; it is tried again every few seconds.");
            throw new KeysetBehind("the keyset file lacks key " + id);
        });
    }

    private ApiServerAway waits(long requestId, String task, String request, ApiServerAway away) {
        LOG.warn("{}: the API server of cluster {} does not answer: {}", request, cluster, away.getMessage());
        work.waits(
                requestId,
                task,
                "The API server of cluster " + cluster + " does not answer (" + away.getMessage()
                        + "). Nothing is lost; it is tried again every few seconds.");
        return away;
    }

    private static void again(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        Execution execution = complete.getExecution();
        Throwable cause = complete.getCause().orElse(null);
        Duration longest =
                cause instanceof ApiServerAway || cause instanceof KeysetBehind ? LONGEST_WAIT : LONGEST_RETRY;
        if (!(cause instanceof ApiServerAway)
                && !(cause instanceof KeysetBehind)
                && !(cause instanceof ApplyFailed)
                && !(cause instanceof IdentityWork.Busy)) {
            LOG.error("{} failed and is tried again", execution.taskInstance, cause);
        }
        long doubled = FIRST_RETRY.toMillis() << Math.min(10, execution.consecutiveFailures);
        long bounded = Math.min(longest.toMillis(), doubled);
        long jittered = bounded / 2 + ThreadLocalRandom.current().nextLong(bounded / 2 + 1);
        operations.reschedule(complete, Instant.now().plusMillis(jittered));
    }
}
