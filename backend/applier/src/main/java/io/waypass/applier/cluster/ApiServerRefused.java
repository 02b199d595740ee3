package io.waypass.applier.cluster;

/** The API server said no. The message is its own words, without the values of a Secret. */
public final class ApiServerRefused extends RuntimeException {

    private final int code;

    ApiServerRefused(int code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** {@return the HTTP status, such as 403, 409 or 422} */
    public int code() {
        return code;
    }

    /** {@return the API server's words} */
    public String words() {
        return String.valueOf(getMessage());
    }
}
