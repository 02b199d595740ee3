package io.waypass.decision;

import io.waypass.refusal.Refusal;

/** A decision names a plan that is not the present one. */
public final class StaleDigest extends Refusal {

    StaleDigest(String given, String present) {
        super(
                Kind.STALE,
                "decision.stale-digest",
                "The plan has changed",
                "You decided on " + (given.isBlank() ? "no plan" : "the plan " + shortened(given))
                        + ", but the present plan is " + shortened(present)
                        + ". Your decision was not recorded. Read the present plan, then decide on it.");
    }

    private static String shortened(String digest) {
        return digest.length() > 19 ? digest.substring(0, 19) + "…" : digest;
    }
}
