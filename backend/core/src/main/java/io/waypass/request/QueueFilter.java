package io.waypass.request;

import java.util.Locale;
import java.util.Optional;

/**
 * Filter of the requests that wait for a decision; an empty component does not filter.
 *
 * @param team slug
 * @param destination slug
 * @param text part of an app's name, a host or a subject; case does not matter
 */
public record QueueFilter(
        Optional<String> team,
        Optional<String> destination,
        Optional<RequestKind> kind,
        Optional<Attention> attention,
        Optional<String> text) {

    /** What may need an approver's attention. */
    public enum Attention {
        /** Every check of the plan passed. */
        CLEAN,
        /** A check of the plan failed. */
        FAILED,
        /** The result of a check is unknown. */
        UNKNOWN,
        /** A check of the plan has a warning. */
        WARNING,
        /** The certificate in use ends within 30 days, or the proposed one does where none is in use. */
        EXPIRING,
        /** The plan has an approval, and needs more. */
        SECOND;

        /** {@return the value as written in addresses} */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Every request that waits. */
    public static final QueueFilter ALL =
            new QueueFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
