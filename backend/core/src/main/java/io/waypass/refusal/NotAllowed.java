package io.waypass.refusal;

/** The person may see the thing but not do this with it. */
public final class NotAllowed extends Refusal {

    /**
     * @param code stable code, such as {@code decision.own-request}
     * @param message why not, and who may
     */
    public NotAllowed(String code, String message) {
        super(Kind.FORBIDDEN, code, "You may not do this", message);
    }
}
