package io.waypass.decision;

import io.waypass.refusal.Refusal;

/** What the plan was made from has changed; it is made anew. */
public final class PlanOutdated extends Refusal {

    PlanOutdated(String message) {
        super(Kind.STALE, "plan.outdated", "The plan is made anew", message);
    }
}
