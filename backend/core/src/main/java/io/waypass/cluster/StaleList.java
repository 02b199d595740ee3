package io.waypass.cluster;

import io.waypass.refusal.Refusal;

/** A decision names another list than the cleaning has. */
public final class StaleList extends Refusal {

    StaleList(String given, String present) {
        super(
                Kind.STALE,
                "cleaning.stale-digest",
                "This is another list",
                "You decided on " + (given.isBlank() ? "no list" : "the list " + shortened(given))
                        + ", but the objects of this cleaning are " + shortened(present)
                        + ". Your decision was not recorded. Read the objects, then decide on them.");
    }

    private static String shortened(String digest) {
        return digest.length() > 19 ? digest.substring(0, 19) + "…" : digest;
    }
}
