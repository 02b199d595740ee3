package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.access.Person;
import io.waypass.cluster.Cleaning;
import io.waypass.cluster.CleaningObject;
import io.waypass.cluster.CleaningOutcome;
import io.waypass.cluster.CleaningStatus;
import io.waypass.cluster.CleaningSummary;
import io.waypass.cluster.Cleanings;
import io.waypass.cluster.MissingObject;
import io.waypass.cluster.NewCleaning;
import io.waypass.cluster.Orphan;
import io.waypass.cluster.Orphans;
import io.waypass.database.Slice;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Objects that belong to nothing, objects that are gone, and removing the first: one admin asks, another decides. */
@RestController
class OrphanController {

    private static final String STATUSES = "pending, approved, rejected, withdrawn, done, failed";

    record OrphanView(
            String cluster,
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String uid,
            Optional<String> identity,
            Optional<String> owner,

            @Schema(
                    allowableValues = {
                        "unclaimed",
                        "unknown-identity",
                        "identity-not-kept",
                        "not-its-object",
                        "owner-gone"
                    })
            String cause,

            String managers,
            Instant firstSeenAt,
            Instant seenAt,
            Optional<String> cleaning) {
        static OrphanView of(Orphan orphan) {
            return new OrphanView(
                    orphan.cluster(),
                    orphan.object().apiVersion(),
                    orphan.object().place().kind(),
                    orphan.object().place().namespace(),
                    orphan.object().place().name(),
                    orphan.object().uid(),
                    orphan.object().identity(),
                    orphan.object().owner(),
                    orphan.cause().value(),
                    orphan.object().managers(),
                    orphan.firstSeenAt(),
                    orphan.seenAt(),
                    orphan.cleaning());
        }
    }

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

    record CleaningView(
            String id,
            String cluster,

            @Schema(allowableValues = {"pending", "approved", "rejected", "withdrawn", "done", "failed"})
            String status,

            Optional<String> statusMessage,
            String reason,
            String requestedBy,
            Instant requestedAt,
            int objects) {
        static CleaningView of(CleaningSummary summary) {
            return new CleaningView(
                    summary.publicId(),
                    summary.cluster(),
                    summary.status().value(),
                    summary.statusMessage(),
                    summary.reason(),
                    summary.requestedByName(),
                    summary.requestedAt(),
                    summary.objects());
        }
    }

    record CleaningDecisionView(String verdict, String digest, String decidedBy, String reason, Instant decidedAt) {
        static CleaningDecisionView of(Cleaning.Verdict verdict) {
            return new CleaningDecisionView(
                    verdict.approved() ? "approved" : "rejected",
                    verdict.digest(),
                    verdict.byName(),
                    verdict.reason(),
                    verdict.at());
        }
    }

    record CleaningObjectView(
            String apiVersion,
            String kind,
            String namespace,
            String name,
            String uid,
            boolean orphan,

            @Schema(allowableValues = {"deleted", "gone", "kept"})
            Optional<String> outcome,

            Optional<String> message) {
        static CleaningObjectView of(CleaningObject object) {
            return new CleaningObjectView(
                    object.apiVersion(),
                    object.place().kind(),
                    object.place().namespace(),
                    object.place().name(),
                    object.uid(),
                    object.orphan(),
                    object.outcome().map(CleaningOutcome::value),
                    object.message());
        }
    }

    record CleaningDetailView(
            CleaningView cleaning,
            String digest,
            Optional<CleaningDecisionView> decision,
            Optional<Instant> finishedAt,
            List<CleaningObjectView> objects) {
        static CleaningDetailView of(Cleaning cleaning) {
            return new CleaningDetailView(
                    CleaningView.of(cleaning.summary()),
                    cleaning.digest(),
                    cleaning.verdict().map(CleaningDecisionView::of),
                    cleaning.finishedAt(),
                    cleaning.objects().stream().map(CleaningObjectView::of).toList());
        }
    }

    record NewCleaningBody(
            @Nullable String cluster,
            @Nullable List<@Nullable String> uids,
            @Nullable String reason) {}

    record CleaningDecisionBody(
            @Nullable String digest, @Nullable String reason) {}

    private final Orphans orphans;
    private final Cleanings cleanings;

    OrphanController(Orphans orphans, Cleanings cleanings) {
        this.orphans = orphans;
        this.cleanings = cleanings;
    }

    /** Objects with Waypass's label that belong to nothing. */
    @GetMapping("/api/v1/orphans")
    Page<OrphanView> orphans(
            Person person,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(orphans.objects(person, cluster, cursor, Slice.limit(limit)), OrphanView::of);
    }

    /** Objects that identities should have, and the cluster has not. */
    @GetMapping("/api/v1/missing-objects")
    Page<MissingObjectView> missing(
            Person person,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        return Page.of(orphans.missing(person, cluster, cursor, Slice.limit(limit)), MissingObjectView::of);
    }

    @GetMapping("/api/v1/cleanings")
    Page<CleaningView> list(
            Person person,
            @RequestParam Optional<String> status,
            @RequestParam Optional<String> cluster,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        Set<CleaningStatus> statuses = Input.optionalOneOf("/status", status, CleaningStatus::of, STATUSES)
                .map(Set::of)
                .orElse(Set.of(CleaningStatus.values()));
        return Page.of(cleanings.list(person, statuses, cluster, cursor, Slice.limit(limit)), CleaningView::of);
    }

    /** Asks for orphans to be deleted; another platform admin decides. */
    @PostMapping("/api/v1/cleanings")
    ResponseEntity<CleaningDetailView> request(Person person, @RequestBody NewCleaningBody body) {
        Cleaning cleaning = cleanings.request(
                person,
                new NewCleaning(
                        Input.text(body.cluster()),
                        body.uids() == null
                                ? List.of()
                                : body.uids().stream().filter(Objects::nonNull).toList(),
                        Input.text(body.reason())));
        return ResponseEntity.created(
                        URI.create("/api/v1/cleanings/" + cleaning.summary().publicId()))
                .eTag(etag(cleaning))
                .body(CleaningDetailView.of(cleaning));
    }

    @GetMapping("/api/v1/cleanings/{id}")
    ResponseEntity<CleaningDetailView> find(Person person, @PathVariable String id) {
        Cleaning cleaning = cleanings.find(person, id);
        return ResponseEntity.ok().eTag(etag(cleaning)).body(CleaningDetailView.of(cleaning));
    }

    @PostMapping("/api/v1/cleanings/{id}/approval")
    ResponseEntity<CleaningDetailView> approve(
            Person person,
            @PathVariable String id,
            @RequestBody CleaningDecisionBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        cleanings.approve(person, id, digest(body), Input.text(body.reason()));
        return find(person, id);
    }

    @PostMapping("/api/v1/cleanings/{id}/rejection")
    ResponseEntity<CleaningDetailView> reject(
            Person person,
            @PathVariable String id,
            @RequestBody CleaningDecisionBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        cleanings.reject(person, id, digest(body), Input.text(body.reason()));
        return find(person, id);
    }

    @PostMapping("/api/v1/cleanings/{id}/withdrawal")
    ResponseEntity<CleaningDetailView> withdraw(
            Person person,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable WithdrawalBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        cleanings.withdraw(person, id, WithdrawalBody.reason(body));
        return find(person, id);
    }

    private void undecided(Person person, String id, Optional<String> ifMatch) {
        ETags.undecided(ifMatch, "cleaning", List.of(etag(cleanings.find(person, id))));
    }

    private static String digest(CleaningDecisionBody body) {
        return Input.digest(body.digest(), "Name the digest of the list that you decide on; the cleaning has it.");
    }

    private static String etag(Cleaning cleaning) {
        String state = cleaning.summary().status() + "|"
                + cleaning.summary().statusMessage().orElse("") + "|" + cleaning.objects();
        return ETags.of(state);
    }
}
