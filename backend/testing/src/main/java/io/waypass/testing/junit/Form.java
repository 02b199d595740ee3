package io.waypass.testing.junit;

/** The form in which a {@link LongForm} search runs. */
public enum Form {
    /** In {@code mvn verify}: as much as a newcomer waits for. */
    SHORT,
    /** In {@code mvn verify -Pfull}. */
    LONG;

    /** {@return the form of this run} */
    public static Form ofThisRun() {
        return Boolean.getBoolean("waypass.full") ? LONG : SHORT;
    }

    /**
     * Returns the size of a search in this run.
     *
     * @param property system property that overrides both
     * @param small in the short form
     * @param large in the long form
     */
    public static int size(String property, int small, int large) {
        return Integer.getInteger(property, ofThisRun() == LONG ? large : small);
    }
}
