package io.waypass.certificate;

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
 */
public record Finding(Level level, String code, String part, String title, String found, String expected, String toDo) {

    /** How much it weighs. */
    public enum Level {
        /** Nothing is stored while one is left. */
        ERROR,
        /** Has to be seen, by the approver too; stays on the request. */
        WARNING,
        /** Was put right or left out without asking; stays on the request. */
        NOTE
    }

    /** {@return found, expected and to do as running text} */
    public String message() {
        return title + ". Found: " + found + " Expected: " + expected + " To do: " + toDo;
    }

    static Finding error(String code, String part, String title, String found, String expected, String toDo) {
        return new Finding(Level.ERROR, code, part, title, found, expected, toDo);
    }

    static Finding warning(String code, String part, String title, String found, String expected, String toDo) {
        return new Finding(Level.WARNING, code, part, title, found, expected, toDo);
    }

    static Finding note(String code, String part, String title, String found, String expected, String toDo) {
        return new Finding(Level.NOTE, code, part, title, found, expected, toDo);
    }
}
