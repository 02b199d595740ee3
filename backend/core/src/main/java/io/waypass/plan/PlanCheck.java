package io.waypass.plan;

/**
 * Result of one check of a plan.
 *
 * @param code value of a {@link CheckCode}
 * @param message what was found
 * @param toDo what to do about it; empty if the check passed
 */
public record PlanCheck(String code, Level level, String message, String toDo) {

    /** Level of a result; an unknown result is a level of its own and never a pass. */
    public enum Level {
        PASSED,
        /** It will work, but people should know about it. */
        WARNING,
        /** It does not work. */
        FAILED,
        /** It could not be evaluated. */
        UNKNOWN
    }

    /** {@return whether this is the result of the given check, with the given level} */
    public boolean is(CheckCode which, Level answer) {
        return code.equals(which.value()) && level == answer;
    }

    /** {@return what was found, and what to do} */
    public String sentence() {
        return toDo.isEmpty() ? message : message + " " + toDo;
    }
}
