package io.waypass.refusal;

/** The request does not fit what is there now. */
public final class Conflict extends Refusal {

    /**
     * Makes the refusal.
     *
     * @param code stable code, such as {@code request.already-open}
     * @param title a few words
     * @param message what stands in the way, and what to do
     */
    public Conflict(String code, String title, String message) {
        super(Kind.CONFLICT, code, title, message);
    }
}
