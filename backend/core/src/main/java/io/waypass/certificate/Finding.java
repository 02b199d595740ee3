package io.waypass.certificate;

import java.util.Optional;

/**
 * One problem or remark about a submission, written for the person who has to fix it. It never quotes key material.
 *
 * @param code stable, dotted, such as {@code key.mismatch}
 * @param part the field of the submission, a {@link Part.Field}'s value
 * @param title one line
 * @param found what was found
 * @param expected what was expected
 * @param toDo what to do next
 * @param certificate fingerprint of the certificate that it is about, as in {@link ChainLink}; empty if it is about
 * none
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

    /** Severity of a finding; an error prevents the submission. */
    public enum Level {
        /** The submission is not stored. */
        ERROR,
        /** Shown to the team and the approver; stays on the request. */
        WARNING,
        /** Something was corrected or left out automatically; stays on the request. */
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
