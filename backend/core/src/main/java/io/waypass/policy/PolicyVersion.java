package io.waypass.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One version of a policy; never changed.
 *
 * @param id key inside the database
 * @param policy name of the policy
 * @param version counted per policy from 1
 * @param description for people
 * @param expression in CEL
 * @param effect what it does where the expression holds
 * @param approvals how many people it asks for; only with {@link PolicyEffect#REQUIRE_APPROVALS}
 * @param message what the team reads; always with {@link PolicyEffect#DENY}
 * @param author whoever wrote it, as the identity provider's subject; empty for what Waypass ships
 * @param createdBy for people; empty for what Waypass ships
 * @param createdAt when
 */
public record PolicyVersion(
        long id,
        String policy,
        int version,
        String description,
        String expression,
        PolicyEffect effect,
        OptionalInt approvals,
        Optional<String> message,
        Optional<String> author,
        Optional<String> createdBy,
        Instant createdAt) {

    /** {@return its name and version, as it signs decisions} */
    public String signature() {
        return "policy " + policy + ", version " + version;
    }
}
