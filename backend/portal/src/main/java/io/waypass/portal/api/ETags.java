package io.waypass.portal.api;

import io.waypass.certificate.Fingerprints;
import io.waypass.refusal.Refusal;
import java.util.Arrays;
import java.util.Optional;

/** ETags of what is changed by calls (RFC 9110, section 8.8.3), and holding {@code If-Match} against them. */
final class ETags {

    private static final class Changed extends Refusal {
        Changed() {
            super(
                    Kind.STALE,
                    "resource.changed",
                    "It has changed",
                    "Its ETag is not the one in If-Match any more. Nothing was changed. Read it again first.");
        }
    }

    private ETags() {}

    /** The tag of a state. */
    static String of(String state) {
        return '"' + Fingerprints.sha256(state).substring(7, 23) + '"';
    }

    /** Refuses where the caller has seen another state (RFC 9110, section 13.1.1). */
    static void unchanged(Optional<String> ifMatch, String etag) {
        boolean matches = ifMatch.isEmpty()
                || Arrays.stream(ifMatch.get().split(","))
                        .map(String::strip)
                        .anyMatch(given -> given.equals("*") || given.equals(etag));
        if (!matches) {
            throw new Changed();
        }
    }
}
