package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonRawValue;
import io.waypass.plan.Plan;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A plan with its objects. */
record PlanView(
        String id,
        String digest,
        int number,
        Optional<String> cause,
        Instant createdAt,
        long tookMillis,
        List<CheckView> checks,
        List<PlanObjectView> objects) {

    record CheckView(String code, String level, String message, String toDo) {}

    record PlanObjectView(
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String action,
            String diff,
            @JsonRawValue String manifest) {}

    static PlanView of(Plan plan) {
        return new PlanView(
                plan.publicId(),
                plan.digest(),
                plan.number(),
                plan.cause(),
                plan.createdAt(),
                plan.took().toMillis(),
                plan.checks().stream()
                        .map(check -> new CheckView(
                                check.code(),
                                check.level().name().toLowerCase(Locale.ROOT),
                                check.message(),
                                check.toDo()))
                        .toList(),
                plan.objects().stream()
                        .map(object -> new PlanObjectView(
                                object.apiVersion(),
                                object.kind(),
                                object.namespace(),
                                object.name(),
                                object.action().value(),
                                object.diff(),
                                object.manifest()))
                        .toList());
    }
}
