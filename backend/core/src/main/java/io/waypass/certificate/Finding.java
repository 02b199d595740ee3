package io.waypass.certificate;

import java.util.Optional;

/**
 * What the judge has to say about one thing in a submission, in the words of a person who has to mend it. It never
 * quotes key material.
 *
 * @param level whether it stands in the way
 * @param code stable, dotted, such as {@code key.mismatch}
 * @param part the field where it was handed in, a {@link Part.Field}'s value
 * @param title one line
 * @param found what was found
 * @param expected what was expected
 * @param toDo what to do next
 * @param certificate the fingerprint of the one that it is about, as in {@link ChainLink}; empty if it is about none
 */
public record Finding(
        Level level,
        String code,
        String part,
        String title,
        String found,
        String expected,
        String toDo,
        Optional<String> certificate) {

    /** How much it weighs. */
    public enum Level {
        /** Nothing is stored while one is left. */
        ERROR,
        /** Has to be seen, by the approver too; stays on the request. */
        WARNING,
        /** Was put right or left out without asking; stays on the request. */
        NOTE
    }

    /** {@return title, found, expected and to do as running text} */
    public String message() {
        return title + ". Found: " + found + " Expected: " + expected + " To do: " + toDo;
    }

    static Finding of(FindingCode code, String part, String title, String found, String expected, String toDo) {
        return new Finding(code.level(), code.value(), part, title, found, expected, toDo, Optional.empty());
    }

    Finding about(X509 which) {
        return about(which.fingerprint());
    }

    Finding about(String fingerprint) {
        return new Finding(level, code, part, title, found, expected, toDo, Optional.of(fingerprint));
    }

    boolean is(FindingCode which) {
        return code.equals(which.value());
    }
}
