package io.waypass.plan;

import io.waypass.plan.PlanCheck.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A plan before it is kept.
 *
 * @param digest {@code sha256:…}
 * @param checks what was looked at
 * @param objects in the order of apply
 * @param relied what the cluster said, by name of the fact; if one of them changes, the plan is made anew
 * @param took how long planning took
 */
public record NewPlan(
        String digest, List<PlanCheck> checks, List<PlanObject> objects, Map<String, String> relied, Duration took) {

    /** Copies what may change. */
    public NewPlan {
        checks = List.copyOf(checks);
        objects = List.copyOf(objects);
        relied = Map.copyOf(relied);
    }

    /** {@return the sentences of failed checks without which nothing can be approved; if there are any, the request is invalid} */
    public List<String> obstacles() {
        return checks.stream()
                .filter(check -> check.level() == Level.FAILED && CheckCode.required(check.code()))
                .map(PlanCheck::sentence)
                .toList();
    }
}
