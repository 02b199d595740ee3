package io.waypass.portal.page;

import io.waypass.refusal.InvalidInput;
import org.jspecify.annotations.Nullable;

/**
 * The form for a decision on a digest.
 *
 * @param plan {@code pln_…} that the reader has seen
 * @param digestShort the digest, cut for reading
 * @param deletes number of deletions of which the form has to warn
 * @param verdict {@code approved} or {@code rejected}; null if none is chosen
 * @param reason as typed so far
 * @param wrong why the form was refused; null if it was not
 */
public record DecisionForm(
        String plan,
        String digest,
        String digestShort,
        long deletes,
        @Nullable String verdict,
        String reason,
        @Nullable String wrong) {

    private static final int SHORT = "sha256:".length() + 8;

    /** {@return the empty form} */
    public static DecisionForm blank(String plan, String digest, long deletes) {
        return new DecisionForm(plan, digest, shortened(digest), deletes, null, "", null);
    }

    /** {@return the submitted form, with the reason of the refusal} */
    public DecisionForm refused(String chosen, String written, String why) {
        return new DecisionForm(plan, digest, digestShort, deletes, chosen, written, why);
    }

    /**
     * Reads the submitted choice.
     *
     * @throws InvalidInput if there is none
     */
    public static boolean approves(String verdict) {
        return switch (verdict) {
            case "approved" -> true;
            case "rejected" -> false;
            default ->
                throw new InvalidInput(
                        "/verdict", "verdict.missing", "Choose whether you approve or reject, then record it.");
        };
    }

    /** {@return a digest cut for reading} */
    public static String shortened(String digest) {
        return digest.length() > SHORT ? digest.substring(0, SHORT) + "…" : digest;
    }
}
