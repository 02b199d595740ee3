package io.waypass.request;

import java.util.Optional;

/**
 * Which requests are meant; what is empty does not narrow.
 *
 * @param status where they stand
 * @param team slug
 * @param kind what they propose
 * @param destination slug
 * @param identity {@code idn_…}
 */
public record RequestFilter(
        Optional<RequestStatus> status,
        Optional<String> team,
        Optional<RequestKind> kind,
        Optional<String> destination,
        Optional<String> identity) {

    /** Every request. */
    public static final RequestFilter ALL =
            new RequestFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
