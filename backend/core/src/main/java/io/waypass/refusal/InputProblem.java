package io.waypass.refusal;

/**
 * One problem with the input.
 *
 * @param pointer JSON pointer (RFC 6901) into the request, such as {@code /certificate/chain}
 * @param code stable, dotted, for programs, such as {@code key.mismatch}
 * @param message for people: what was found, what was expected, what to do
 */
public record InputProblem(String pointer, String code, String message) {

    private static final int MAX_QUOTED = 80;

    /** Shortens an input value that a message quotes; a value that may be a private key is not quoted. */
    public static String quotable(String value) {
        if (value.contains("PRIVATE KEY")) {
            return "…";
        }
        return value.length() > MAX_QUOTED ? value.substring(0, MAX_QUOTED) + "…" : value;
    }
}
