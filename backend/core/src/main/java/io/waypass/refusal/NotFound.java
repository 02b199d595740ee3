package io.waypass.refusal;

/**
 * The thing does not exist, or this person may not see it. The answer is the same, so that it does not reveal
 * existence.
 */
public final class NotFound extends Refusal {

    /**
     * @param what the word for the kind of thing, such as "request"
     * @param id as given by the caller
     */
    public NotFound(String what, String id) {
        super(
                Kind.NOT_FOUND,
                what + ".not-found",
                "Not found",
                "There is no " + what + " “" + id + "”, or you may not see it. Check the address, or ask its team.");
    }
}
