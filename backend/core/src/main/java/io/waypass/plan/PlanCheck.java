package io.waypass.plan;

import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at while planning.
 *
 * @param code a {@link CheckCode}'s value; plans of earlier versions may carry others
 * @param level the answer
 * @param message what was found
 * @param toDo what to do if it is not as it should be; empty if it is
 */
public record PlanCheck(String code, Level level, String message, String toDo) {

    /** The answer of a check; not knowing is an answer of its own, never a pass. */
    public enum Level {
        /** As it should be. */
        PASSED,
        /** It will work, and somebody should know. */
        WARNING,
        /** It does not work like this. */
        FAILED,
        /** Nobody could tell. */
        UNKNOWN
    }

    /** Plans of earlier versions have no {@code toDo}. */
    public PlanCheck(String code, Level level, String message, @Nullable String toDo) {
        this.code = code;
        this.level = level;
        this.message = message;
        this.toDo = toDo == null ? "" : toDo;
    }

    /** {@return whether a check of this code gave the answer} */
    public boolean is(CheckCode which, Level answer) {
        return code.equals(which.value()) && level == answer;
    }

    /** {@return what was found, and what to do} */
    public String sentence() {
        return toDo.isEmpty() ? message : message + " " + toDo;
    }
}
