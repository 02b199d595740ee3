package io.waypass.refusal;

import java.util.Optional;

/** Why somebody asks, decides or withdraws: stored as it is, and read by others. */
public final class Reason {

    private static final int MAX_LENGTH = 2000;

    private Reason() {}

    /**
     * What is wrong with a reason that has to be given.
     *
     * @param reason as given
     * @param missing what to say if it is not
     * @return the problem, empty if there is none
     */
    public static Optional<InputProblem> required(String reason, String missing) {
        return reason.isBlank()
                ? Optional.of(new InputProblem("/reason", "reason.missing", missing))
                : optional(reason);
    }

    /**
     * What is wrong with a reason that may be left out.
     *
     * @param reason as given
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
