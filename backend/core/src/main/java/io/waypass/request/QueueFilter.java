package io.waypass.request;

import java.util.Locale;
import java.util.Optional;

/**
 * Which of the requests that wait for a decision are meant; what is empty does not narrow.
 *
 * @param team slug
 * @param destination slug
 * @param kind what they propose
 * @param attention what about them
 * @param text part of an app's name, a host or a subject, in any case
 */
public record QueueFilter(
        Optional<String> team,
        Optional<String> destination,
        Optional<RequestKind> kind,
        Optional<Attention> attention,
        Optional<String> text) {

    /** What an approver may look for. */
    public enum Attention {
        /** Every check of the plan passed. */
        CLEAN,
        /** A check of the plan failed. */
        FAILED,
        /** A check of the plan could not be told. */
        UNKNOWN,
        /** A check of the plan warns. */
        WARNING,
        /** The certificate in use ends within 30 days, or the proposed one does where none is in use. */
        EXPIRING,
        /** Somebody approved, and more approvals are needed. */
        SECOND;

        /** {@return the value as written in addresses} */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Everything that waits. */
    public static final QueueFilter ALL =
            new QueueFilter(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
