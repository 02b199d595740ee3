package io.waypass.refusal;

import java.util.Optional;

/** Validates the reason of a request, a decision or a withdrawal. It is stored unchanged, and others read it. */
public final class Reason {

    private static final int MAX_LENGTH = 2000;

    private Reason() {}

    /**
     * Validates a reason that must be given.
     *
     * @param missing message if there is none
     * @return the problem, empty if there is none
     */
    public static Optional<InputProblem> required(String reason, String missing) {
        return reason.isBlank()
                ? Optional.of(new InputProblem("/reason", "reason.missing", missing))
                : optional(reason);
    }

    /**
     * Validates a reason that may be left out.
     *
     * @return the problem, empty if there is none
     */
    public static Optional<InputProblem> optional(String reason) {
        if (reason.length() > MAX_LENGTH) {
            return Optional.of(new InputProblem(
                    "/reason",
                    "reason.too-long",
                    "The reason has more than " + MAX_LENGTH + " characters. Shorten it."));
        }
        // in the first line of every private key in PEM, whatever its kind (RFC 7468, sections 10 and 11)
        if (reason.contains("PRIVATE KEY")) {
            return Optional.of(new InputProblem(
                    "/reason",
                    "reason.has-key",
                    "The reason holds a private key, and a reason is read by others. Leave the key out."));
        }
        return Optional.empty();
    }
}
