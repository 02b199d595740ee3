package io.waypass.portal.page.identity;

import io.waypass.access.Person;
import io.waypass.certificate.DaysLeft;
import io.waypass.cluster.Clusters;
import io.waypass.cluster.DriftPolicy;
import io.waypass.database.Slice;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.IdentitySummary;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.portal.page.CallPath;
import io.waypass.portal.page.CertificatePass;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.NewRequestLink;
import io.waypass.portal.page.RowSlice;
import io.waypass.portal.page.Unwatched;
import io.waypass.portal.page.request.Timeline;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import io.waypass.resource.Readiness;
import io.waypass.resource.ResourceEvent;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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

/** Pages of identities: what is approved, and what is observed. */
@Controller
class IdentityPages {

    private static final int STORIES = 5;

    private static final Comparator<Condition> TROUBLE_FIRST = Comparator.comparingInt(
                    (Condition condition) -> switch (condition.status()) {
                        case FALSE -> 0;
                        case UNKNOWN -> 1;
                        case TRUE -> 2;
                    })
            .thenComparing(Condition::type);

    record Row(
            String id,
            String app,
            String namespace,
            String host,
            String state,
            @Nullable String subject,
            String team,
            @Nullable DaysLeft daysLeft) {}

    record ListView(
            boolean mayAsk, boolean retired, @Nullable String next, List<Row> identities) {}

    private static final int EVENTS = 10;

    /** {@code beside} is true if no hop of the path shows the condition. */
    record ConditionRow(String type, String status, String reason, String message, Moment since, boolean beside) {}

    /**
     * Whether a call gets through now.
     *
     * @param message empty if something else on the page says it
     */
    record Ready(String status, String message, Moment since) {}

    record Trouble(String type, String status, String reason, String message) {}

    record ObjectRow(String kind, String namespace, String name, String state, Moment observedAt) {}

    /** The app, its certificate and destination, and the state. */
    record Header(
            String app,
            String namespace,
            String host,
            String team,
            @Nullable String subject,
            String state,
            @Nullable Integer appliedRevision,
            @Nullable Moment appliedAt,
            @Nullable Moment retiredAt) {}

    /** What the reader may do, and the latest request. */
    record Actions(@Nullable String request, @Nullable NewRequestLink rotate, boolean mayRetire, boolean mayRefresh) {}

    /** What the applier observes; nothing for a retired identity. */
    record Observed(
            @Nullable Moment at,
            boolean reportOnly,
            @Nullable Unwatched unwatched,
            @Nullable Ready ready,
            List<Trouble> troubles,
            List<ConditionRow> conditions,
            @Nullable String summary,
            @Nullable CallPath path) {}

    record DetailView(
            String id,
            Header header,
            Actions actions,
            Observed observed,
            @Nullable CertificatePass pass,
            List<ObjectRow> objects,
            RowSlice<EventRow> events,
            List<Timeline.Entry> timeline,
            @Nullable String command) {}

    private final Identities identities;
    private final Requests requests;
    private final Clusters clusters;
    private final Clock clock;

    IdentityPages(Identities identities, Requests requests, Clusters clusters, Clock clock) {
        this.identities = identities;
        this.requests = requests;
        this.clusters = clusters;
        this.clock = clock;
    }

    @GetMapping("/identities")
    String list(
            Person person, @RequestParam Optional<String> show, @RequestParam Optional<String> cursor, Model model) {
        Instant now = clock.instant();
        boolean retired = show.filter("retired"::equals).isPresent();
        Slice<IdentitySummary> slice = retired
                ? identities.retired(person, cursor, Slice.PAGE_ROWS)
                : identities.list(person, cursor, Slice.PAGE_ROWS);
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        retired,
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
    String detail(Person person, @PathVariable String id, @RequestParam Optional<String> events, Model model) {
        Instant now = clock.instant();
        IdentityDetail detail = identities.find(person, id);
        IdentitySummary identity = detail.summary();
        Slice<ResourceEvent> happened = identities.events(person, id, events, EVENTS);
        List<RequestSummary> history = history(person, id);
        model.addAttribute(
                "view",
                new DetailView(
                        id,
                        header(person, identity, history, now),
                        actions(person, identity, history),
                        observed(detail, now),
                        detail.certificate()
                                .map(certificate -> CertificatePass.of(certificate, now))
                                .orElse(null),
                        detail.objects().stream()
                                .map(object -> new ObjectRow(
                                        object.kind(),
                                        object.namespace(),
                                        object.name(),
                                        object.state().value(),
                                        Moment.of(identity.lastSeen(object.observedAt()), now)))
                                .toList(),
                        new RowSlice<>(
                                happened.items().stream()
                                        .map(event -> EventRow.of(event, now))
                                        .toList(),
                                happened.nextCursor().orElse(null)),
                        timeline(person, history, now),
                        identity.appliedRevision().isEmpty() ? null : command(detail)));
        return "identity/detail";
    }

    @GetMapping("/identities/{id}/manifests.yaml")
    ResponseEntity<String> manifests(Person person, @PathVariable String id) {
        String yaml = ManifestYaml.of(requests.kept(person, id).stream()
                .map(object -> Manifest.of(object.manifest()))
                .toList());
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .body(yaml);
    }

    private Header header(Person person, IdentitySummary identity, List<RequestSummary> history, Instant now) {
        return new Header(
                identity.app(),
                identity.principal().namespace(),
                identity.host(),
                identity.team(),
                identity.subject().orElse(null),
                state(identity),
                identity.appliedRevision().orElse(null),
                requests.applied(person, identity.publicId())
                        .flatMap(IdentityPages::appliedAt)
                        .map(at -> Moment.of(at, now))
                        .orElse(null),
                identity.retired() ? retiredAt(history, now) : null);
    }

    private static Actions actions(Person person, IdentitySummary identity, List<RequestSummary> history) {
        boolean changes = person.memberOf(identity.team()) && !identity.retired() && !identity.retiring();
        boolean approved = changes && identity.desiredRevision().isPresent();
        return new Actions(
                history.stream().findFirst().map(RequestSummary::publicId).orElse(null),
                approved ? new NewRequestLink(identity.appId(), identity.destination()) : null,
                approved,
                changes && identity.appliedRevision().isPresent());
    }

    private Observed observed(IdentityDetail detail, Instant now) {
        IdentitySummary identity = detail.summary();
        // a retired identity is not observed, and earlier observations no longer hold
        List<Condition> conditions = identity.retired() ? List.of() : identity.conditions();
        List<Condition> single = conditions.stream()
                .filter(condition -> condition.type() != Condition.Type.READY)
                .toList();
        return new Observed(
                conditions.stream()
                        .map(Condition::observedAt)
                        .max(Instant::compareTo)
                        .map(at -> Moment.of(identity.lastSeen(at), now))
                        .orElse(null),
                clusters.find(identity.cluster())
                        .filter(cluster -> cluster.drift() == DriftPolicy.REPORT_ONLY)
                        .isPresent(),
                // an identity that is retired, or was never approved, shows no observation that could have changed
                identity.desiredRevision().isPresent() ? Unwatched.of(identity.cluster(), identity.watch(), now) : null,
                identity.retired() ? null : ready(identity, now),
                single.stream()
                        .filter(condition -> condition.status() == Condition.Status.FALSE)
                        .map(condition -> new Trouble(
                                condition.type().value(),
                                condition.status().value(),
                                condition.reason(),
                                condition.message()))
                        .toList(),
                single.stream()
                        .sorted(TROUBLE_FIRST)
                        .map(condition -> new ConditionRow(
                                condition.type().value(),
                                condition.status().value(),
                                condition.reason(),
                                unexplained(identity, condition) ? condition.message() : "",
                                Moment.of(condition.lastTransitionAt(), now),
                                besidePath(condition.type())))
                        .toList(),
                summary(detail.objects(), identity.watched()),
                identity.retired() ? null : CallPath.observed(identity, detail.gateway(), detail.destination()));
    }

    /** False is explained by the conditions that say so, and a cluster that nobody watches by a banner of its own. */
    private static @Nullable Ready ready(IdentitySummary identity, Instant now) {
        return identity.condition(Condition.Type.READY)
                .map(ready -> new Ready(
                        ready.status().value(),
                        ready.status() == Condition.Status.FALSE || !identity.watched() ? "" : ready.message(),
                        Moment.of(ready.lastTransitionAt(), now)))
                .orElse(null);
    }

    /** Where there is no istiod, that is said once, and not by every condition on which it would report. */
    private static boolean unexplained(IdentitySummary identity, Condition condition) {
        return condition.status() != Condition.Status.UNKNOWN
                || !Readiness.isWithoutMesh(identity.conditions())
                || !condition.type().needsMesh();
    }

    private List<Timeline.Entry> timeline(Person person, List<RequestSummary> history, Instant now) {
        List<Timeline.Entry> timeline = new ArrayList<>();
        for (RequestSummary request : history.stream().limit(STORIES).toList()) {
            boolean latest = timeline.isEmpty();
            Timeline.of(requests.find(person, request.publicId()), now, true).stream()
                    .filter(entry -> latest || !entry.what().startsWith("next-"))
                    .forEach(timeline::add);
        }
        return timeline;
    }

    private static @Nullable Moment retiredAt(List<RequestSummary> history, Instant now) {
        return history.stream()
                .filter(request ->
                        request.kind() == RequestKind.RETIRE_IDENTITY && request.status() == RequestStatus.APPLIED)
                .findFirst()
                .map(request -> Moment.of(request.statusChangedAt(), now))
                .orElse(null);
    }

    /** Time of the first application; later runs only keep it. */
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

    /** What a hop of the path does not show even if all is well, without what only the list below shows. */
    private static boolean besidePath(Condition.Type type) {
        return type == Condition.Type.APPLIED
                || type == Condition.Type.IN_SYNC
                || type == Condition.Type.ROUTE_RESOLVED;
    }

    /** In order only if everything observable is watched and well. What is not reported or not watched is unknown. */
    private static String state(IdentitySummary identity) {
        if (identity.retired()) {
            return "retired";
        }
        if (identity.retiring()) {
            return "retiring";
        }
        if (identity.desiredRevision().isEmpty()) {
            return "proposed";
        }
        if (identity.conditions().stream().anyMatch(condition -> condition.status() == Condition.Status.FALSE)) {
            return "broken";
        }
        if (!identity.desiredRevision().equals(identity.appliedRevision())) {
            return "applying";
        }
        return identity.condition(Condition.Type.READY)
                        .filter(ready -> ready.status() == Condition.Status.TRUE)
                        .isPresent()
                ? "in-order"
                : "unknown";
    }

    private static @Nullable String summary(List<ObservedObject> objects, boolean watched) {
        if (objects.isEmpty()) {
            return null;
        }
        long good = objects.stream()
                .filter(object -> object.state() == ObservedObject.State.AS_APPROVED)
                .count();
        long approved = objects.stream()
                .filter(object -> object.state() != ObservedObject.State.PENDING_REMOVAL)
                .count();
        return (good == approved ? "All " + good : good + " of " + approved)
                + (watched ? " objects are as approved." : " objects were as approved.");
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
