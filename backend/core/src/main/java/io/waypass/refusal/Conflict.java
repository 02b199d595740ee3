package io.waypass.refusal;

/** The request conflicts with the current state. */
public final class Conflict extends Refusal {

    /**
     * @param code stable code, such as {@code request.already-open}
     * @param title a few words
     * @param message the conflict, and what to do
     */
    public Conflict(String code, String title, String message) {
        super(Kind.CONFLICT, code, title, message);
    }
}
