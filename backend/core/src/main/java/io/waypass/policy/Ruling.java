package io.waypass.policy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the active policies say of a case, together. A denial wins. A policy that gave no decision keeps the others from
 * approving: people decide then.
 *
 * @param policySet the set of active policies that was asked
 * @param results each policy's answer, by name
 */
public record Ruling(long policySet, List<Result> results) {

    /**
     * One policy's answer.
     *
     * @param policy name
     * @param version which version
     * @param versionId key inside the database
     * @param effect what it does where its rule holds
     * @param author whoever wrote the version, as the identity provider's subject; null for what Waypass ships
     * @param outcome whether it holds
     * @param approvals how many people it asks for, 0 if it does not ask
     * @param message a denial's message, or why there is no decision; empty else
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

        /** {@return its name and version, as it signs decisions} */
        public String signature() {
            return "policy " + policy + ", version " + version;
        }

        /** {@return whether it lets a member of the team that asks decide; nobody by a rule of their own} @param subject who would */
        public boolean admitsOfOwnTeam(String subject) {
            return holds(PolicyEffect.ALLOW_OWN_TEAM) && !subject.equals(author);
        }

        private boolean holds(PolicyEffect which) {
            return outcome == Outcome.HOLDS && effect == which;
        }
    }

    /** Whether a policy's rule holds. */
    public enum Outcome {
        /** It does, and the effect comes about. */
        HOLDS,
        /** It does not, and nothing comes of it. */
        HOLDS_NOT,
        /** It could not be evaluated, or took too long: no decision. */
        NO_DECISION
    }

    /** Copies the list. */
    public Ruling {
        results = List.copyOf(results);
    }

    /** {@return the policy that denies, if one does} */
    public Optional<Result> denial() {
        return results.stream()
                .filter(result -> result.holds(PolicyEffect.DENY))
                .findFirst();
    }

    /** {@return whether only people's approvals count: a policy asks for people, denies, or gave no decision} */
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

    /** {@return how many approvals the policies ask for, at least 1; one that gave no decision asks, for it might have held} */
    public int approvalsNeeded() {
        return results.stream()
                .filter(result ->
                        result.effect() == PolicyEffect.REQUIRE_APPROVALS && result.outcome() != Outcome.HOLDS_NOT)
                .mapToInt(Result::approvals)
                .max()
                .orElse(1);
    }

    /** {@return whether admins who are members of the team that asks may decide} */
    public boolean ownTeamAllowed() {
        return results.stream().anyMatch(result -> result.holds(PolicyEffect.ALLOW_OWN_TEAM));
    }
}
