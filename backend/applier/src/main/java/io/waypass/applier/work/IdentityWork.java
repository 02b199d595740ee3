package io.waypass.applier.work;

import io.waypass.request.NewPlan;
import io.waypass.request.RequestWork;
import io.waypass.request.RequestWork.ApplyJob;
import io.waypass.request.RequestWork.PlanJob;
import io.waypass.work.WorkQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * One piece of work on one identity, under its lock: what is read before the lock is held may be out of date once it is. The same whether
 * db-scheduler calls it or a test does.
 */
public final class IdentityWork {

    /** Another applier works on the identity; the task is tried again soon. */
    public static final class Busy extends RuntimeException {
        Busy() {
            super("another applier works on this identity", null, false, false);
        }
    }

    private final RequestWork work;
    private final IdentityLock locks;

    /**
     * Makes it.
     *
     * @param work requests to work on
     * @param locks keeps two appliers off one identity
     */
    public IdentityWork(RequestWork work, IdentityLock locks) {
        this.work = work;
        this.locks = locks;
    }

    /**
     * Plans the request of a task instance, if it waits for a plan.
     *
     * @param instance as scheduled
     * @param planning makes the plan
     * @throws Busy if another applier keeps the identity
     */
    public void plan(String instance, Function<PlanJob, NewPlan> planning) {
        String request = WorkQueue.requestOf(instance);
        work.identityOf(request)
                .ifPresent(identity -> locks.holding(
                        identity,
                        () -> work.planJob(request).ifPresent(job -> work.planned(job, planning.apply(job)))));
    }

    /**
     * Applies the request of a task instance, if it is approved with the instance's plan.
     *
     * @param instance as scheduled
     * @param applying writes
     * @throws Busy if another applier keeps the identity
     */
    public void apply(String instance, Consumer<ApplyJob> applying) {
        String request = WorkQueue.requestOf(instance);
        String plan = instance.substring(request.length() + 1);
        work.identityOf(request)
                .ifPresent(identity -> locks.holding(
                        identity, () -> work.applyJob(request, plan).ifPresent(applying)));
    }
}
