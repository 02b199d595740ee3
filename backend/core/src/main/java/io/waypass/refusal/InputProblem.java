package io.waypass.refusal;

/**
 * One thing wrong with what was sent.
 *
 * @param pointer JSON pointer (RFC 6901) to the part of the request that is meant, such as {@code /certificate/chain}
 * @param code stable, dotted, for programs, such as {@code key.mismatch}
 * @param message for people: what was found, what was expected, what to do
 */
public record InputProblem(String pointer, String code, String message) {}
