package io.waypass.cluster;

import java.util.Locale;

/** Outcome for one object of an orphan removal. */
public enum RemovalOutcome {
    /** It existed with its UID, and was deleted. */
    DELETED,
    /** It no longer existed; an object that has its name now is another one. */
    GONE,
    /** It was not deleted, because it belongs to something by now. */
    KEPT;

    /** {@return the value in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static RemovalOutcome of(String value) {
        return valueOf(value.toUpperCase(Locale.ROOT));
    }
}
