package io.waypass.request;

import java.time.Duration;
import java.util.List;

/**
 * A plan before it is kept.
 *
 * @param digest {@code sha256:…}
 * @param checks what was looked at
 * @param objects in the order of apply
 * @param took how long planning took
 */
public record NewPlan(String digest, List<PlanCheck> checks, List<PlanObject> objects, Duration took) {

    /** {@return the failed checks' messages; if there are any, the request is invalid} */
    public List<String> failures() {
        return checks.stream()
                .filter(check -> check.level() == PlanCheck.Level.FAILED)
                .map(PlanCheck::message)
                .toList();
    }
}
