package io.waypass.portal.page;

import io.waypass.refusal.InvalidInput;
import org.jspecify.annotations.Nullable;

/**
 * The form that decides on a digest.
 *
 * @param plan {@code pln_…} that the reader has seen
 * @param digest of what is decided on
 * @param digestShort the digest, cut for reading
 * @param deletes how many objects an approval would delete that the form has to warn of
 * @param verdict {@code approved} or {@code rejected}; null if none is chosen
 * @param reason as written so far
 * @param wrong why the form came back; null if it did not
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

    /** {@return the form with nothing chosen and nothing written} */
    public static DecisionForm blank(String plan, String digest, long deletes) {
        return new DecisionForm(plan, digest, shortened(digest), deletes, null, "", null);
    }

    /** {@return the form as it was sent, with why it was refused} */
    public DecisionForm refused(String chosen, String written, String why) {
        return new DecisionForm(plan, digest, digestShort, deletes, chosen, written, why);
    }

    /**
     * Reads the choice that was sent.
     *
     * @throws InvalidInput if none was made
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
