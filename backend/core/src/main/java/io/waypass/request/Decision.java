package io.waypass.request;

import java.time.Instant;
import java.util.Optional;

/**
 * A person's or a policy's word on one plan.
 *
 * @param approved yes or no
 * @param plan public id of the plan
 * @param planDigest the digest it is bound to
 * @param by who decided
 * @param reason why
 * @param decidedAt when
 * @param present whether it is about the request's present plan
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
     * Who decided.
     *
     * @param subject of the person; empty if a policy decided
     * @param policy name of the policy; empty if a person decided
     * @param version of the policy; 0 if a person decided
     * @param name for people: the person's, or {@code policy <name>, version <n>}
     */
    public record Author(Optional<String> subject, Optional<String> policy, int version, String name) {}
}
