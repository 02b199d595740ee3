package io.waypass.request;

import java.util.Optional;

/**
 * Filter of requests; an empty component does not filter.
 *
 * @param team slug
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
