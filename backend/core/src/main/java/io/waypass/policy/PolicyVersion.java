package io.waypass.policy;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * One version of a policy; immutable.
 *
 * @param id key inside the database
 * @param policy name of the policy
 * @param version counted per policy from 1
 * @param description for people
 * @param expression in CEL
 * @param effect what the policy does where the expression holds
 * @param approvals number of people that must approve; only with {@link PolicyEffect#REQUIRE_APPROVALS}
 * @param message text for the team; always with {@link PolicyEffect#DENY}
 * @param author the identity provider's subject; empty for a policy that comes with Waypass
 * @param createdBy author's name for people; empty for a policy that comes with Waypass
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

    /** {@return name and version, as recorded with its decisions} */
    public String signature() {
        return "policy " + policy + ", version " + version;
    }
}
