package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.cluster.OrphanRemovalObject;
import io.waypass.cluster.RemovalOutcome;
import java.util.Optional;

/** An object of a removal of orphans: whether it is still an orphan, and its outcome. */
record ListedOrphanView(
        String apiVersion,
        String kind,
        String namespace,
        String name,
        String uid,
        boolean orphan,

        @Schema(allowableValues = {"deleted", "gone", "kept"})
        Optional<String> outcome,

        Optional<String> message) {

    static ListedOrphanView of(OrphanRemovalObject object) {
        return new ListedOrphanView(
                object.apiVersion(),
                object.place().kind(),
                object.place().namespace(),
                object.place().name(),
                object.uid(),
                object.orphan(),
                object.outcome().map(RemovalOutcome::value),
                object.message());
    }
}
