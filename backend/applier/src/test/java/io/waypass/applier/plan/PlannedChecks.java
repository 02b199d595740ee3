package io.waypass.applier.plan;

import io.waypass.plan.CheckCode;
import java.util.Arrays;
import java.util.List;

/** Which checks the plans of a kind of resource have. */
public final class PlannedChecks {

    private PlannedChecks() {}

    /** {@return all but those about a list of orphans} */
    public static List<CheckCode> ofIdentities() {
        return Arrays.stream(CheckCode.values())
                .filter(code -> !code.value().startsWith("orphans."))
                .toList();
    }
}
