package io.waypass.refusal;

import java.util.List;
import java.util.Map;

/**
 * A use case refuses. The message says what happened, why, and what to do next; it never quotes key material or a
 * passphrase. Each surface turns refusals into answers in one place: pages into a message beside the form, the API into
 * {@code application/problem+json} (RFC 9457).
 */
public abstract class Refusal extends RuntimeException {

    /** Kind of a refusal; surfaces map it to a status. */
    public enum Kind {
        /** The thing does not exist, or this person may not see it (404). */
        NOT_FOUND,
        /** The input is wrong (422). */
        INVALID,
        /** It conflicts with the current state (409). */
        CONFLICT,
        /** The person may see the thing but not do this (403). */
        FORBIDDEN,
        /** The decision was about something that is no longer current (409, or 412 with If-Match). */
        STALE
    }

    private final Kind kind;
    private final String code;
    private final String title;

    /**
     * @param code stable, dotted, for programs
     * @param title a few words, the same for every refusal of this code
     * @param message what happened, why, what to do next
     */
    protected Refusal(Kind kind, String code, String title, String message) {
        super(message, null, false, false);
        this.kind = kind;
        this.code = code;
        this.title = title;
    }

    public Kind kind() {
        return kind;
    }

    /** {@return stable code, dotted, for programs} */
    public String code() {
        return code;
    }

    /** {@return a few words, the same for every refusal of this code} */
    public String title() {
        return title;
    }

    /** {@return the message: what happened, why, what to do next} */
    public String detail() {
        return String.valueOf(getMessage());
    }

    /** {@return members for programs beside the standard ones of a problem, by name; lists of records} */
    public Map<String, List<?>> members() {
        return Map.of();
    }

    /** {@return the single problems, empty unless the kind is {@link Kind#INVALID}} */
    public List<InputProblem> problems() {
        return List.of();
    }
}
