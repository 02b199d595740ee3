package io.waypass.portal.api;

import io.waypass.fingerprint.Fingerprints;
import io.waypass.refusal.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * ETags of resources that calls change (RFC 9110, section 8.8.3), and the evaluation of {@code If-Match} (section 13.1.1). A call without
 * {@code If-Match} passes; {@link Problems} answers a stale one with 412.
 */
final class ETags {

    private static final class Changed extends Refusal {
        Changed(String code, String title, String next) {
            super(Kind.STALE, code, title, "Its ETag is not the one in If-Match any more. " + next);
        }
    }

    private ETags() {}

    static String of(String state) {
        return '"' + Fingerprints.sha256(state).substring(7, 23) + '"';
    }

    /** Refuses a change if the caller has seen another state. */
    static void unchanged(Optional<String> ifMatch, String etag) {
        if (!matches(ifMatch, List.of(etag))) {
            throw new Changed("resource.changed", "It has changed", "Nothing was changed. Read it again first.");
        }
    }

    /**
     * Refuses a decision if the caller has seen another state.
     *
     * @param thing that is decided on, such as {@code request}
     * @param etags of the present state, each of which is accepted
     */
    static void undecided(Optional<String> ifMatch, String thing, List<String> etags) {
        if (!matches(ifMatch, etags)) {
            throw new Changed(
                    thing + ".changed",
                    "The " + thing + " has changed",
                    "Nothing was recorded. Read it again, then decide.");
        }
    }

    private static boolean matches(Optional<String> ifMatch, List<String> etags) {
        return ifMatch.isEmpty()
                || Arrays.stream(ifMatch.get().split(","))
                        .map(String::strip)
                        .anyMatch(given -> given.equals("*") || etags.contains(given));
    }
}
