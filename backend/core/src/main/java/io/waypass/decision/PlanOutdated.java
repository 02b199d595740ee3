package io.waypass.decision;

import io.waypass.refusal.Refusal;

/** What the plan was made from has changed; the request is replanned. */
public final class PlanOutdated extends Refusal {

    PlanOutdated(String message) {
        super(Kind.STALE, "plan.outdated", "The plan is made anew", message);
    }
}
