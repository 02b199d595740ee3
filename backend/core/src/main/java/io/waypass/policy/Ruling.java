package io.waypass.policy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Combined result of the active policies for a case. A denial wins. If a policy gave no decision, the approvals of the
 * others do not count, and people decide.
 *
 * @param policySet version of the set of active policies
 * @param results result of each policy, by name
 */
public record Ruling(long policySet, List<Result> results) {

    /**
     * Result of one policy.
     *
     * @param policy name
     * @param versionId key inside the database
     * @param effect what the policy does where its rule holds
     * @param author the author's subject at the identity provider; null for a policy that comes with Waypass
     * @param outcome whether the rule holds
     * @param approvals number of people that must approve, 0 if it requires none
     * @param message a denial's message, or why there is no decision; otherwise empty
     */
    public record Result(
            String policy,
            int version,
            long versionId,
            PolicyEffect effect,
            @Nullable String author,
            Outcome outcome,
            int approvals,
            String message) {

        /** {@return name and version, as recorded with its decisions} */
        public String signature() {
            return "policy " + policy + ", version " + version;
        }

        /**
         * Whether the policy lets a member of the requesting team decide. The author of a rule does not profit from it.
         *
         * @param subject the person who would decide
         */
        public boolean admitsOfOwnTeam(String subject) {
            return holds(PolicyEffect.ALLOW_OWN_TEAM) && !subject.equals(author);
        }

        private boolean holds(PolicyEffect which) {
            return outcome == Outcome.HOLDS && effect == which;
        }
    }

    /** Result of evaluating a policy's rule. */
    public enum Outcome {
        /** It holds, and the effect applies. */
        HOLDS,
        /** It does not hold, and has no effect. */
        HOLDS_NOT,
        /** It could not be evaluated, or took too long: no decision. */
        NO_DECISION
    }

    public Ruling {
        results = List.copyOf(results);
    }

    /** {@return the result of a policy that denies, if one does} */
    public Optional<Result> denial() {
        return results.stream()
                .filter(result -> result.holds(PolicyEffect.DENY))
                .findFirst();
    }

    /** {@return whether only people's approvals count: a policy requires people, denies, or gave no decision} */
    public boolean peopleOnly() {
        return results.stream()
                .anyMatch(result -> result.outcome() == Outcome.NO_DECISION
                        || result.holds(PolicyEffect.DENY)
                        || result.holds(PolicyEffect.REQUIRE_APPROVALS));
    }

    /** {@return the policies that approve; none where only people's approvals count} */
    public List<Result> approvals() {
        return peopleOnly()
                ? List.of()
                : results.stream()
                        .filter(result -> result.holds(PolicyEffect.APPROVE))
                        .toList();
    }

    /**
     * {@return number of approvals that the policies require, at least 1; a policy that gave no decision counts as
     * requiring its number, because its rule might have held}
     */
    public int approvalsNeeded() {
        return results.stream()
                .filter(result ->
                        result.effect() == PolicyEffect.REQUIRE_APPROVALS && result.outcome() != Outcome.HOLDS_NOT)
                .mapToInt(Result::approvals)
                .max()
                .orElse(1);
    }

    /** {@return whether admins who are members of the requesting team may decide} */
    public boolean ownTeamAllowed() {
        return results.stream().anyMatch(result -> result.holds(PolicyEffect.ALLOW_OWN_TEAM));
    }
}
