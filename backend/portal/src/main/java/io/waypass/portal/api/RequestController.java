package io.waypass.portal.api;

import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.waypass.access.Person;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.database.Slice;
import io.waypass.decision.RequestDecisions;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.plan.Plan;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSubmission;
import io.waypass.request.RequestSummary;
import io.waypass.request.RequestWithdrawal;
import io.waypass.request.Requests;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartHttpServletRequest;

/** Requests, their plans, and decisions on them. */
@RestController
class RequestController {

    private static final String KINDS = RequestKind.values(_ -> true);

    private static final List<String> TEXTS = List.of("kind", "app", "destination", "reason");

    private final Requests requests;
    private final RequestSubmission submit;
    private final RequestDecisions decisions;
    private final RequestWithdrawal withdrawal;

    RequestController(
            Requests requests, RequestSubmission submit, RequestDecisions decisions, RequestWithdrawal withdrawal) {
        this.requests = requests;
        this.submit = submit;
        this.decisions = decisions;
        this.withdrawal = withdrawal;
    }

    @GetMapping("/api/v1/requests")
    Page<RequestView> list(
            Person person,
            @RequestParam Optional<String> status,
            @RequestParam Optional<String> team,
            @RequestParam Optional<String> kind,
            @RequestParam Optional<String> destination,
            @RequestParam Optional<String> identity,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<Integer> limit) {
        RequestFilter filter = new RequestFilter(
                Input.optionalOneOf(
                        "/status",
                        status,
                        RequestStatus::of,
                        "planning, invalid, pending, rejected, withdrawn, approved, applying, applied, failed, superseded"),
                team,
                Input.optionalOneOf("/kind", kind, RequestKind::of, KINDS),
                destination,
                identity);
        return Page.of(requests.list(person, filter, cursor, Slice.limit(limit)), RequestView::of);
    }

    @PostMapping(path = "/api/v1/requests", consumes = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<RequestDetailView> submit(Person person, @RequestBody NewRequestBody body) {
        RequestKind kind = Input.oneOf("/kind", body.kind(), RequestKind::of, KINDS);
        InvalidInput.throwIfAny(body.misplaced(kind));
        try (CertificateSubmission certificate = body.submission()) {
            return created(person, submit.submit(person, body.request(kind, certificate)));
        }
    }

    @PostMapping(path = "/api/v1/requests", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    @io.swagger.v3.oas.annotations.parameters.RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA_VALUE,
                            schema = @Schema(implementation = NewRequestParts.class)))
    ResponseEntity<RequestDetailView> submitParts(
            Person person, @Parameter(hidden = true) MultipartHttpServletRequest form)
            throws IOException, ServletException {
        try (CertificateParts parts = CertificateParts.of(form, TEXTS)) {
            return created(
                    person,
                    submit.submit(
                            person,
                            new NewRequest.OfIdentity(
                                    Input.oneOf(
                                            "/kind",
                                            parts.texts().get("kind"),
                                            NewRequestParts::kind,
                                            NewRequestParts.KINDS),
                                    Input.text(parts.texts().get("app")),
                                    Input.text(parts.texts().get("destination")),
                                    parts.certificate(),
                                    Input.text(parts.texts().get("reason")))));
        }
    }

    @GetMapping("/api/v1/requests/{id}")
    ResponseEntity<RequestDetailView> find(Person person, @PathVariable String id) {
        RequestDetail detail = requests.find(person, id);
        return ResponseEntity.ok().eTag(etag(detail)).body(RequestDetailView.of(detail));
    }

    @GetMapping(path = "/api/v1/requests/{id}/plan", produces = MediaType.APPLICATION_JSON_VALUE)
    ResponseEntity<PlanView> plan(Person person, @PathVariable String id) {
        Plan plan = requirePlan(person, id);
        return ResponseEntity.ok().eTag(etag(plan)).body(PlanView.of(plan));
    }

    @GetMapping(path = "/api/v1/requests/{id}/plan", produces = MediaType.APPLICATION_YAML_VALUE)
    String planYaml(Person person, @PathVariable String id) {
        return ManifestYaml.of(requirePlan(person, id).objects().stream()
                .map(object -> Manifest.of(object.manifest()))
                .toList());
    }

    @PostMapping("/api/v1/requests/{id}/approval")
    ResponseEntity<RequestDetailView> approve(
            Person person,
            @PathVariable String id,
            @RequestBody DecisionBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        decisions.decide(person, vote(id, body, true));
        return find(person, id);
    }

    @PostMapping("/api/v1/requests/{id}/rejection")
    ResponseEntity<RequestDetailView> reject(
            Person person,
            @PathVariable String id,
            @RequestBody DecisionBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        decisions.decide(person, vote(id, body, false));
        return find(person, id);
    }

    @PostMapping("/api/v1/requests/{id}/withdrawal")
    ResponseEntity<RequestDetailView> withdraw(
            Person person,
            @PathVariable String id,
            @RequestBody(required = false) @Nullable WithdrawalBody body,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        undecided(person, id, ifMatch);
        withdrawal.withdraw(person, id, WithdrawalBody.reason(body));
        return find(person, id);
    }

    private ResponseEntity<RequestDetailView> created(Person person, String id) {
        RequestDetail detail = requests.find(person, id);
        return ResponseEntity.created(URI.create("/api/v1/requests/" + id))
                .eTag(etag(detail))
                .body(RequestDetailView.of(detail));
    }

    private Plan requirePlan(Person person, String id) {
        RequestDetail detail = requests.find(person, id);
        return detail.plan().orElseThrow(() -> new NoPlanYet(detail.summary()));
    }

    private static final class NoPlanYet extends Refusal {
        NoPlanYet(RequestSummary request) {
            super(
                    Kind.NOT_FOUND,
                    "plan.not-yet",
                    "There is no plan yet",
                    request.waitingReason()
                            .orElse("The request is " + request.status().value()
                                    + "; the applier has made no plan for it. Ask again in a moment."));
        }
    }

    /** Accepts the tag of the request or of its present plan: either shows that the caller has seen what is decided on. */
    private void undecided(Person person, String id, Optional<String> ifMatch) {
        if (ifMatch.isPresent()) {
            RequestDetail detail = requests.find(person, id);
            ETags.undecided(
                    ifMatch,
                    "request",
                    Stream.concat(Stream.of(etag(detail)), detail.plan().map(RequestController::etag).stream())
                            .toList());
        }
    }

    private static String etag(Plan plan) {
        return '"' + plan.digest() + '"';
    }

    private static RequestDecisions.Vote vote(String id, DecisionBody body, boolean approve) {
        return new RequestDecisions.Vote(
                id,
                Input.digest(body.digest(), "Name the digest of the plan that you decide on; the plan has it."),
                Optional.ofNullable(body.plan()).filter(plan -> !plan.isBlank()),
                approve,
                Input.text(body.reason()));
    }

    private static String etag(RequestDetail detail) {
        String state = detail.summary().status() + "|" + detail.summary().statusChangedAt() + "|"
                + detail.plan().map(Plan::publicId).orElse("")
                + RequestSubjectView.ContentView.state(detail.content());
        return ETags.of(state);
    }
}
