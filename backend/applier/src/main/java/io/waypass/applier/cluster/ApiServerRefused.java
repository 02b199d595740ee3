package io.waypass.applier.cluster;

import java.util.List;

/** The API server refused a call. The message has its own words, without the values of a Secret. */
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

    ApiServerRefused(int code, String message, List<Conflict> conflicts) {
        super(message, null, false, false);
        this.code = code;
        this.conflicts = List.copyOf(conflicts);
    }

    /** {@return the HTTP status, such as 403, 409 or 422} */
    public int code() {
        return code;
    }

    /** {@return the API server's words} */
    public String words() {
        return String.valueOf(getMessage());
    }

    /** {@return the fields that other managers own, if that is the cause; otherwise empty} */
    public List<Conflict> conflicts() {
        return conflicts;
    }
}
