package io.waypass.portal.api;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.cluster.LabelledObject;
import io.waypass.cluster.Orphan;
import java.time.Instant;
import java.util.Optional;

/** An orphan. Its sections are flat in the JSON. */
record OrphanView(
        String cluster,
        @JsonUnwrapped LabelledObjectView object,

        @Schema(
                allowableValues = {"unclaimed", "unknown-identity", "identity-not-kept", "not-its-object", "owner-gone"
                })
        String cause,

        Instant firstSeenAt,
        Instant seenAt,
        Optional<String> request) {

    record LabelledObjectView(
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String uid,
            Optional<String> identity,
            Optional<String> owner,
            String managers) {
        static LabelledObjectView of(LabelledObject object) {
            return new LabelledObjectView(
                    object.apiVersion(),
                    object.place().kind(),
                    object.place().namespace(),
                    object.place().name(),
                    object.uid(),
                    object.identity(),
                    object.owner(),
                    object.managers());
        }
    }

    static OrphanView of(Orphan orphan) {
        return new OrphanView(
                orphan.cluster(),
                LabelledObjectView.of(orphan.object()),
                orphan.cause().value(),
                orphan.firstSeenAt(),
                orphan.seenAt(),
                orphan.request());
    }
}
