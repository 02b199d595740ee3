package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.database.Slice;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.plan.Plan;
import io.waypass.refusal.NotFound;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
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
import org.springframework.web.servlet.ModelAndView;

/** Pages of requests: the list, one request, its plan. */
@Controller
class RequestPages {

    record ListView(
            boolean mayAsk,
            @Nullable String status,
            List<String> statuses,
            @Nullable String next,
            List<RequestRow> requests) {}

    private final Requests requests;
    private final RequestViews views;
    private final Clock clock;

    RequestPages(Requests requests, RequestViews views, Clock clock) {
        this.requests = requests;
        this.views = views;
        this.clock = clock;
    }

    @GetMapping("/requests")
    String list(
            Person person, @RequestParam Optional<String> status, @RequestParam Optional<String> cursor, Model model) {
        Instant now = clock.instant();
        List<String> statuses =
                Arrays.stream(RequestStatus.values()).map(RequestStatus::value).toList();
        Optional<String> chosen = status.filter(statuses::contains);
        Slice<RequestSummary> slice = requests.list(
                person,
                new RequestFilter(
                        chosen.map(RequestStatus::of),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                cursor,
                Slice.PAGE_ROWS);
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        chosen.orElse(null),
                        statuses,
                        slice.nextCursor().orElse(null),
                        slice.items().stream()
                                .map(request -> RequestRow.of(request, now))
                                .toList()));
        return "request/list";
    }

    @GetMapping("/requests/{id}")
    String detail(Person person, @PathVariable String id, @RequestParam Optional<String> from, Model model) {
        model.addAttribute(
                "view", views.of(person, id, from.filter("queue"::equals).isPresent()));
        return "request/detail";
    }

    /** Polled while a request moves on by itself; answers with content only after a change. */
    @GetMapping("/requests/{id}/live")
    @Nullable ModelAndView live(
            Person person,
            @PathVariable String id,
            @RequestParam String seen,
            Model model,
            HttpServletResponse response) {
        RequestDetail detail = requests.find(person, id);
        if (RequestView.seen(detail).equals(seen)) {
            response.setStatus(HttpServletResponse.SC_NO_CONTENT);
            return null;
        }
        model.addAttribute("view", views.of(person, id, false));
        return new ModelAndView("request/detail :: live(view=${view})", model.asMap());
    }

    @GetMapping("/requests/{id}/plan.yaml")
    ResponseEntity<String> planYaml(Person person, @PathVariable String id) {
        return yaml(ManifestYaml.of(manifests(plan(person, id))));
    }

    @GetMapping("/requests/{id}/plan/{number}.yaml")
    ResponseEntity<String> objectYaml(Person person, @PathVariable String id, @PathVariable int number) {
        List<Manifest> manifests = manifests(plan(person, id));
        if (number < 1 || number > manifests.size()) {
            throw new NotFound("object", Integer.toString(number));
        }
        return yaml(ManifestYaml.of(manifests.get(number - 1)));
    }

    /** Displayed by the browser, not downloaded. */
    static ResponseEntity<String> yaml(String text) {
        return ResponseEntity.ok()
                .contentType(new MediaType(MediaType.TEXT_PLAIN, StandardCharsets.UTF_8))
                .body(text);
    }

    private static List<Manifest> manifests(Plan plan) {
        return plan.objects().stream()
                .map(object -> Manifest.of(object.manifest()))
                .toList();
    }

    private Plan plan(Person person, String id) {
        return requests.find(person, id).plan().orElseThrow(() -> new NotFound("plan", id));
    }
}
