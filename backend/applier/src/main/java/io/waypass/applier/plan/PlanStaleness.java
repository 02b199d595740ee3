package io.waypass.applier.plan;

import io.waypass.plan.Plan;
import io.waypass.reconcile.PlanningStore.Waiting;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Determines whether a waiting plan still holds, and the cause if it does not. Nothing is read or written here. */
final class PlanStaleness {

    /** Compares the present facts with those that a plan relied on. */
    interface Facts {

        /** {@return a sentence for each fact that changed; the plan's own objects do not count} */
        List<String> changes(Map<String, String> relied, Set<String> own);
    }

    private PlanStaleness() {}

    /** Why a plan no longer holds, for people; empty if it holds. */
    static Optional<String> cause(Waiting plan, Facts facts) {
        if (!plan.basisHolds()) {
            return Optional.of(Plan.BASIS_CHANGED);
        }
        List<String> changes = facts.changes(plan.relied(), plan.own());
        return changes.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", changes));
    }

    /**
     * Why a plan that was just recorded no longer holds. The cause that replaced an earlier plan does not count: the watch lags behind
     * what the plan has read, and reports once it has caught up.
     */
    static Optional<String> newCause(Waiting plan, Facts facts) {
        return cause(plan, facts).filter(cause -> !plan.cause().equals(Optional.of(cause)));
    }
}
