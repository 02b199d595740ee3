package io.waypass.portal.page.identity;

import io.waypass.access.Person;
import io.waypass.certificate.DaysLeft;
import io.waypass.database.Slice;
import io.waypass.identity.Condition;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.IdentitySummary;
import io.waypass.identity.ObservedObject;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.portal.page.CallPath;
import io.waypass.portal.page.CertificatePass;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.NewRequest;
import io.waypass.portal.page.request.Timeline;
import io.waypass.refusal.NotFound;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Identities: what was approved, and what is seen of it. */
@Controller
class IdentityPages {

    private static final int STORIES = 5;

    record Row(
            String id,
            String app,
            String namespace,
            String host,
            String state,
            @Nullable String subject,
            String team,
            @Nullable DaysLeft daysLeft) {}

    record ListView(boolean mayAsk, @Nullable String next, List<Row> identities) {}

    record ConditionRow(String type, String status) {}

    record Trouble(String type, String status, String reason, String message) {}

    record ObjectRow(String kind, String namespace, String name, String state, Moment observedAt) {}

    record DetailView(
            String id,
            String app,
            String namespace,
            String host,
            String team,
            @Nullable String subject,
            String state,
            @Nullable Integer appliedRevision,
            @Nullable Moment appliedAt,
            @Nullable Moment observedAt,
            @Nullable String request,
            @Nullable NewRequest rotate,
            List<Trouble> troubles,
            List<ConditionRow> conditions,
            @Nullable String summary,
            CallPath path,
            @Nullable CertificatePass pass,
            List<ObjectRow> objects,
            List<Timeline.Entry> timeline,
            @Nullable String command) {}

    private final Identities identities;
    private final Requests requests;
    private final Clock clock;

    IdentityPages(Identities identities, Requests requests, Clock clock) {
        this.identities = identities;
        this.requests = requests;
        this.clock = clock;
    }

    @GetMapping("/identities")
    String list(Person person, @RequestParam Optional<String> cursor, Model model) {
        Instant now = clock.instant();
        Slice<IdentitySummary> slice = identities.list(person, cursor, Slice.PAGE_ROWS);
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        slice.nextCursor().orElse(null),
                        slice.items().stream()
                                .map(identity -> new Row(
                                        identity.publicId(),
                                        identity.app(),
                                        identity.principal().namespace(),
                                        identity.host(),
                                        state(identity),
                                        identity.subject().orElse(null),
                                        identity.team(),
                                        identity.notAfter()
                                                .map(end -> DaysLeft.of(end, now))
                                                .orElse(null)))
                                .toList()));
        return "identity/list";
    }

    @GetMapping("/identities/{id}")
    String detail(Person person, @PathVariable String id, Model model) {
        Instant now = clock.instant();
        IdentityDetail detail = identities.find(person, id);
        IdentitySummary identity = detail.summary();
        List<RequestSummary> history = history(person, id);
        List<Timeline.Entry> timeline = new ArrayList<>();
        for (RequestSummary request : history.stream().limit(STORIES).toList()) {
            boolean latest = timeline.isEmpty();
            Timeline.of(requests.find(person, request.publicId()), now, true).stream()
                    .filter(entry -> latest || !entry.what().startsWith("next-"))
                    .forEach(timeline::add);
        }
        model.addAttribute(
                "view",
                new DetailView(
                        id,
                        identity.app(),
                        identity.principal().namespace(),
                        identity.host(),
                        identity.team(),
                        identity.subject().orElse(null),
                        state(identity),
                        identity.appliedRevision().orElse(null),
                        requests.applied(person, id)
                                .flatMap(IdentityPages::appliedAt)
                                .map(at -> Moment.of(at, now))
                                .orElse(null),
                        identity.conditions().stream()
                                .map(Condition::observedAt)
                                .max(Instant::compareTo)
                                .map(at -> Moment.of(at, now))
                                .orElse(null),
                        history.stream()
                                .findFirst()
                                .map(RequestSummary::publicId)
                                .orElse(null),
                        person.memberOf(identity.team())
                                        && identity.desiredRevision().isPresent()
                                ? new NewRequest(identity.appId(), identity.destination())
                                : null,
                        identity.conditions().stream()
                                .filter(condition -> condition.status() == Condition.Status.FALSE)
                                .map(condition -> new Trouble(
                                        condition.type().value(),
                                        condition.status().value(),
                                        condition.reason(),
                                        condition.message()))
                                .toList(),
                        identity.conditions().stream()
                                .filter(condition -> besidePath(condition.type()))
                                .map(condition -> new ConditionRow(
                                        condition.type().value(),
                                        condition.status().value()))
                                .toList(),
                        summary(detail.objects()),
                        CallPath.observed(identity, detail.gateway(), detail.destination()),
                        detail.certificate()
                                .map(certificate -> CertificatePass.of(certificate, now))
                                .orElse(null),
                        detail.objects().stream()
                                .map(object -> new ObjectRow(
                                        object.kind(),
                                        object.namespace(),
                                        object.name(),
                                        object.state().value(),
                                        Moment.of(object.observedAt(), now)))
                                .toList(),
                        timeline,
                        identity.appliedRevision().isEmpty() ? null : command(detail)));
        return "identity/detail";
    }

    @GetMapping("/identities/{id}/manifests.yaml")
    ResponseEntity<String> manifests(Person person, @PathVariable String id) {
        identities.find(person, id);
        String yaml = requests.applied(person, id)
                .flatMap(RequestDetail::plan)
                .map(plan -> ManifestYaml.of(plan.objects().stream()
                        .map(object -> Manifest.of(object.manifest()))
                        .toList()))
                .orElseThrow(() -> new NotFound("manifest", id));
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .body(yaml);
    }

    /** When it was applied first; what came later only kept it so. */
    private static Optional<Instant> appliedAt(RequestDetail request) {
        return request.attempts().stream()
                .filter(attempt -> attempt.task().equals("apply")
                        && attempt.outcome().filter("succeeded"::equals).isPresent())
                .flatMap(attempt -> attempt.finishedAt().stream())
                .min(Instant::compareTo);
    }

    private List<RequestSummary> history(Person person, String id) {
        RequestFilter own = new RequestFilter(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(id));
        return requests.list(person, own, Optional.empty(), Slice.PAGE_ROWS).items();
    }

    /** WaypointBound, RouteAccepted and CertificateValid stand at the path's hops; the rest stands below it. */
    private static boolean besidePath(Condition.Type type) {
        return type == Condition.Type.APPLIED
                || type == Condition.Type.IN_SYNC
                || type == Condition.Type.ROUTE_RESOLVED;
    }

    /** In order only if everything that can be observed was observed and is well: what nobody reported is unknown. */
    private static String state(IdentitySummary identity) {
        if (identity.desiredRevision().isEmpty()) {
            return "proposed";
        }
        if (identity.conditions().stream().anyMatch(condition -> condition.status() == Condition.Status.FALSE)) {
            return "broken";
        }
        if (!identity.desiredRevision().equals(identity.appliedRevision())) {
            return "applying";
        }
        boolean all = identity.conditions().size() == Condition.Type.values().length
                && identity.conditions().stream().allMatch(condition -> condition.status() == Condition.Status.TRUE);
        return all ? "in-order" : "unknown";
    }

    private static @Nullable String summary(List<ObservedObject> objects) {
        if (objects.isEmpty()) {
            return null;
        }
        long good = objects.stream()
                .filter(object -> object.state() == ObservedObject.State.AS_APPROVED)
                .count();
        return good == objects.size()
                ? "All " + objects.size() + " objects were as approved when they were applied."
                : good + " of " + objects.size() + " objects were as approved when they were applied.";
    }

    private static String command(IdentityDetail detail) {
        String port = detail.destination().listenPort() == 80
                ? ""
                : ":" + detail.destination().listenPort();
        return "kubectl exec -n " + detail.summary().principal().namespace() + " \\\n  deployments/"
                + detail.summary().app() + " -- \\\n  curl -s \\\n  http://"
                + detail.destination().host() + port + "/subject";
    }
}
