package io.waypass.request;

/**
 * One thing that was looked at while planning.
 *
 * @param code stable, dotted, such as {@code namespace.exists}
 * @param level the answer
 * @param message what was found, and what to do if it is not as it should be
 */
public record PlanCheck(String code, Level level, String message) {

    /** The answer of a check; not knowing is an answer of its own, never a pass. */
    public enum Level {
        /** As it should be. */
        PASSED,
        /** It will work, and somebody should know. */
        WARNING,
        /** It cannot work. */
        FAILED,
        /** Nobody could tell. */
        UNKNOWN
    }
}
