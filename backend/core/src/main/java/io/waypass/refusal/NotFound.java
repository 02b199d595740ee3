package io.waypass.refusal;

/** The thing does not exist, or this person may not see it: the answer is the same, so that it tells nothing. */
public final class NotFound extends Refusal {

    /**
     * Makes the refusal.
     *
     * @param what the word for the thing, such as "request"
     * @param id what was asked for
     */
    public NotFound(String what, String id) {
        super(
                Kind.NOT_FOUND,
                what + ".not-found",
                "Not found",
                "There is no " + what + " “" + id + "”, or you may not see it. Check the address, or ask its team.");
    }
}
