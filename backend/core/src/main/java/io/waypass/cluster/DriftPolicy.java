package io.waypass.cluster;

import java.util.Locale;

/** What is done where a cluster no longer holds what was approved. */
public enum DriftPolicy {
    /** It is put right. */
    RESTORE,
    /** It is told, and nothing is written. */
    REPORT_ONLY;

    /** {@return the value as written in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads the written value.
     *
     * @param value {@code restore} or {@code report-only}
     * @return what is done
     * @throws IllegalArgumentException for any other value
     */
    public static DriftPolicy of(String value) {
        for (DriftPolicy drift : values()) {
            if (drift.value().equals(value)) {
                return drift;
            }
        }
        throw new IllegalArgumentException(
                "“" + value + "” is nothing that is done about drift; use restore or report-only");
    }
}
