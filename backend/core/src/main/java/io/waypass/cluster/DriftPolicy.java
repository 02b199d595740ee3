package io.waypass.cluster;

import java.util.Locale;

/** What the applier does where a cluster differs from what was approved. */
public enum DriftPolicy {
    /** Restores the approved state. */
    RESTORE,
    /** Reports the difference and writes nothing. */
    REPORT_ONLY;

    /** {@return the value in tables and API} */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * @param value {@code restore} or {@code report-only}
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
