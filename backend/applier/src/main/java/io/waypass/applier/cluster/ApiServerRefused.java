package io.waypass.applier.cluster;

import java.time.Duration;
import java.util.List;

/**
 * The API server answers, and did not do what a call about one object asked for. The message has its own words, without the values of a
 * Secret.
 */
public final class ApiServerRefused extends RuntimeException {

    /**
     * A field that another manager owns.
     *
     * @param field such as {@code .spec.host}
     * @param manager its owner's name, as reported by the API server
     */
    public record Conflict(String field, String manager) {}

    private final int code;
    private final transient List<Conflict> conflicts;
    private final String sentence;
    private final boolean unjudged;

    private ApiServerRefused(int code, String words, List<Conflict> conflicts, String sentence, boolean unjudged) {
        super(words, null, false, false);
        this.code = code;
        this.conflicts = List.copyOf(conflicts);
        this.sentence = sentence;
        this.unjudged = unjudged;
    }

    ApiServerRefused(int code, String words, List<Conflict> conflicts) {
        this(code, words, conflicts, "The API server refused: “" + words + "”.", false);
    }

    /** An admission webhook has to agree to the object, and gave no usable answer. */
    static ApiServerRefused webhookSilent(ObjectKey key, String webhook, int code, String words) {
        return new ApiServerRefused(
                code,
                words,
                List.of(),
                "The API server could not write the " + key + ", because the admission webhook “" + webhook
                        + "” gave no usable answer: “" + words
                        + "”. Until that webhook answers, nobody can write objects of this"
                        + " kind; its operator has to look (for Istio's kinds, see whether istiod runs). It is tried again by"
                        + " itself.",
                true);
    }

    /** The API server answers other calls, but not the write of an object. It may still carry it out. */
    static ApiServerRefused unfinished(ObjectKey key, Duration deadline) {
        String words = "no answer within " + deadline.toMillis() + " ms to the write of the " + key;
        return new ApiServerRefused(
                504,
                words,
                List.of(),
                "The API server answers, but did not finish the write of the " + key + " within " + deadline.toMillis()
                        + " ms. An admission webhook that does not answer is the usual cause (for Istio's kinds, see"
                        + " whether istiod runs and can be reached). It is tried again by itself.",
                true);
    }

    /** {@return the HTTP status, such as 403, 409 or 422} */
    public int code() {
        return code;
    }

    /** {@return the API server's words} */
    public String words() {
        return String.valueOf(getMessage());
    }

    /** {@return what happened, why, and what to do, for people} */
    public String sentence() {
        return sentence;
    }

    /** {@return whether the object was not judged: the same call may succeed later without anything being changed} */
    public boolean isUnjudged() {
        return unjudged;
    }

    /** {@return the fields that other managers own, if that is the cause; otherwise empty} */
    public List<Conflict> conflicts() {
        return conflicts;
    }
}
