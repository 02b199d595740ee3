package io.waypass.portal.api;

import io.waypass.access.Person;
import io.waypass.cluster.MissingObject;
import io.waypass.cluster.Orphans;
import io.waypass.database.Slice;
import java.time.Instant;
import java.util.Optional;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Orphans and missing objects. */
@RestController
class OrphanController {

    record MissingObjectView(
            String cluster,
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String identity,
            String app,
            String host,
            String team,
            Instant observedAt) {
        static MissingObjectView of(MissingObject missing) {
            return new MissingObjectView(
                    missing.cluster(),
                    missing.apiVersion(),
                    missing.place().kind(),
                    missing.place().namespace(),
                    missing.place().name(),
                    missing.identity(),
                    missing.app(),
                    missing.host(),
                    missing.team(),
                    missing.observedAt());
        }
    }

    private final Orphans orphans;

    OrphanController(Orphans orphans) {
        this.orphans = orphans;
    }

    /** Orphans: objects with Waypass's label that belong to nothing. */
    @GetMapping("/api/v1/orphans")
    Page<OrphanView> orphans(
            Person person,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(orphans.objects(person, cluster, cursor, Slice.limit(limit)), OrphanView::of);
    }

    /** Objects of identities that the cluster does not have. */
    @GetMapping("/api/v1/missing-objects")
    Page<MissingObjectView> missing(
            Person person,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(orphans.missing(person, cluster, cursor, Slice.limit(limit)), MissingObjectView::of);
    }
}
