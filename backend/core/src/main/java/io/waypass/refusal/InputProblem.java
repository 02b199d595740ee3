package io.waypass.refusal;

/**
 * One problem with the input.
 *
 * @param pointer JSON pointer (RFC 6901) into the request, such as {@code /certificate/chain}
 * @param code stable, dotted, for programs, such as {@code key.mismatch}
 * @param message for people: what was found, what was expected, what to do
 */
public record InputProblem(String pointer, String code, String message) {}
