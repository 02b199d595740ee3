package io.waypass.plan;

import io.waypass.plan.PlanCheck.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A plan to store.
 *
 * @param digest {@code sha256:…}
 * @param objects in the order of apply
 * @param relied facts observed in the cluster, by name; if one of them changes, the request is planned again
 * @param took duration of planning
 */
public record NewPlan(
        String digest, List<PlanCheck> checks, List<PlanObject> objects, Map<String, String> relied, Duration took) {

    public NewPlan {
        checks = List.copyOf(checks);
        objects = List.copyOf(objects);
        relied = Map.copyOf(relied);
    }

    /** {@return the sentences of failed checks that are required; if there are any, the request is invalid} */
    public List<String> obstacles() {
        return checks.stream()
                .filter(check -> check.level() == Level.FAILED && CheckCode.required(check.code()))
                .map(PlanCheck::sentence)
                .toList();
    }
}
