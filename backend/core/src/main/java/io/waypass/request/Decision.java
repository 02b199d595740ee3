package io.waypass.request;

import java.time.Instant;
import java.util.Optional;

/**
 * A decision of a person or a policy on one plan.
 *
 * @param plan public id of the plan
 * @param planDigest digest to which the decision is bound
 * @param present whether the plan is the request's present one
 */
public record Decision(
        boolean approved,
        String plan,
        String planDigest,
        Author by,
        String reason,
        Instant decidedAt,
        boolean present) {

    /**
     * The decider.
     *
     * @param subject of the person; empty if a policy decided
     * @param policy name of the policy; empty if a person decided
     * @param version of the policy; 0 if a person decided
     * @param name for people: the person's, or {@code policy <name>, version <n>}
     */
    public record Author(Optional<String> subject, Optional<String> policy, int version, String name) {}
}
