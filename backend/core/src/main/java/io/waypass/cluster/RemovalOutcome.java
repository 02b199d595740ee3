package io.waypass.cluster;

import java.util.Locale;

/** What became of one object of an orphan removal. */
public enum RemovalOutcome {
    /** It was there, with its UID, and was deleted. */
    DELETED,
    /** It was not there any more; what has its name now, if anything, is another object. */
    GONE,
    /** It was left alone, since it belongs to something by now. */
    KEPT;

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RemovalOutcome of(String value) {
        return valueOf(value.toUpperCase(Locale.ROOT));
    }
}
