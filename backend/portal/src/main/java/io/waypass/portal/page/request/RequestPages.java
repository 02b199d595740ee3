package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.app.Apps;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.Part;
import io.waypass.database.Slice;
import io.waypass.destination.Catalogue;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ManifestYaml;
import io.waypass.portal.page.Choice;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Refused;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.InvalidInput;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Refusal;
import io.waypass.request.CertificateRefused;
import io.waypass.request.DecideRequest;
import io.waypass.request.InspectCertificate;
import io.waypass.request.NewRequest;
import io.waypass.request.Plan;
import io.waypass.request.RequestDetail;
import io.waypass.request.RequestFilter;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestStatus;
import io.waypass.request.RequestSummary;
import io.waypass.request.Requests;
import io.waypass.request.SubmitRequest;
import io.waypass.request.WithdrawRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Asking, following, deciding, withdrawing. */
@Controller
class RequestPages {

    private static final Map<String, String> FIELDS = Map.of(
            "/app", "app",
            "/destination", "destination",
            "/reason", "reason");

    /** Beside these fields stands a finding's title; the rest of it stands among the findings. */
    private static final Map<String, String> CERTIFICATE_FIELDS = Map.of(
            "chain", "clientText",
            "privateKey", "clientText",
            "pkcs12", "clientText",
            "passphrase", "passphrase",
            "caBundle", "caBundleText");

    record ListView(
            boolean mayAsk,
            @Nullable String status,
            List<String> statuses,
            @Nullable String next,
            List<RequestRow> requests) {}

    /** What of a part does not come back with the page: chosen files, and pasted text that held more than certificates. */
    record PartAgain(List<String> files, boolean pasted) {
        static final PartAgain NONE = new PartAgain(List.of(), false);

        public boolean isAny() {
            return pasted || !files.isEmpty();
        }
    }

    record Again(PartAgain client, PartAgain caBundle) {
        static final Again NONE = new Again(PartAgain.NONE, PartAgain.NONE);

        public boolean isAny() {
            return client.isAny() || caBundle.isAny();
        }
    }

    record FormView(
            List<Choice> apps,
            List<Choice> destinations,
            boolean catalogueHasCa,
            @Nullable InspectionView inspection,
            boolean passphrase,
            Again again) {}

    private final Requests requests;
    private final SubmitRequest submit;
    private final InspectCertificate inspection;
    private final DecideRequest decide;
    private final WithdrawRequest withdraw;
    private final Apps apps;
    private final Catalogue catalogue;
    private final Clock clock;

    RequestPages(
            Requests requests,
            SubmitRequest submit,
            InspectCertificate inspection,
            DecideRequest decide,
            WithdrawRequest withdraw,
            Apps apps,
            Catalogue catalogue,
            Clock clock) {
        this.requests = requests;
        this.submit = submit;
        this.inspection = inspection;
        this.decide = decide;
        this.withdraw = withdraw;
        this.apps = apps;
        this.catalogue = catalogue;
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
                Slice.DEFAULT_LIMIT);
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

    @GetMapping("/requests/new")
    String form(
            Person person,
            @RequestParam Optional<String> app,
            @RequestParam Optional<String> destination,
            Model model) {
        RequestForm form = new RequestForm();
        app.ifPresent(form::setApp);
        destination.ifPresent(form::setDestination);
        model.addAttribute("form", form);
        model.addAttribute("view", view(person, null, false, Again.NONE));
        return "request/form";
    }

    @PostMapping("/requests")
    String submit(
            Person person,
            @ModelAttribute("form") RequestForm form,
            BindingResult errors,
            @Nullable MultipartRequest files,
            @RequestParam(defaultValue = "") String passphrase,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try (CertificateUpload upload = CertificateUpload.of(form, files, passphrase)) {
            try {
                String id = submit.submit(
                        person,
                        new NewRequest(
                                kind(person, form),
                                form.getApp(),
                                form.getDestination(),
                                upload.submission(),
                                form.getReason()));
                Flash.done(
                        redirect,
                        "The request is submitted",
                        "The key is sealed. Waypass works out the plan now; then a platform admin decides.");
                return "redirect:/requests/" + id;
            } catch (Refusal refusal) {
                Judgement judgement = refusal instanceof CertificateRefused refused
                        ? refused.judgement()
                        : inspect(person, form, upload);
                Again again = forgetKeys(form, judgement, upload);
                Refused.beside(refusal, withoutCertificate(refusal), FIELDS, errors);
                beside(judgement, errors);
                response.setStatus(Refused.status(refusal).value());
                model.addAttribute("view", view(person, judgement, upload, again));
                return "request/form";
            }
        }
    }

    /** Where reload and back lead after a form came back: the address was made for sending. */
    @GetMapping("/requests/inspection")
    String inspection() {
        return "redirect:/requests/new";
    }

    @GetMapping({"/requests/{id}/decision", "/requests/{id}/withdrawal"})
    String decision() {
        return "redirect:/requests/{id}";
    }

    /** The same without submitting: under the form while it is filled, or as a page where there is no script. */
    @PostMapping("/requests/inspection")
    ModelAndView inspect(
            Person person,
            @ModelAttribute("form") RequestForm form,
            BindingResult errors,
            @Nullable MultipartRequest files,
            @RequestParam(defaultValue = "") String passphrase,
            @RequestHeader(name = "HX-Request", defaultValue = "false") boolean fragment,
            Model model) {
        try (CertificateUpload upload = CertificateUpload.of(form, files, passphrase)) {
            Judgement judgement = inspect(person, form, upload);
            Again again = forgetKeys(form, judgement, upload);
            if (fragment) {
                boolean nothing =
                        judgement.recognised().stream().noneMatch(part -> part.field() != Part.Field.CA_BUNDLE);
                model.addAttribute(
                        "inspection",
                        nothing ? null : InspectionView.of(judgement, upload.hasCaBundle(), clock.instant()));
                return new ModelAndView("request/inspection :: inspection(inspection=${inspection})", model.asMap());
            }
            beside(judgement, errors);
            model.addAttribute("view", view(person, judgement, upload, again));
            return new ModelAndView("request/form", model.asMap());
        }
    }

    private Judgement inspect(Person person, RequestForm form, CertificateUpload upload) {
        return inspection.inspect(person, form.getApp(), form.getDestination(), upload.submission());
    }

    /** Takes out of the form what may not be written back, and says what has to be given again. */
    private static Again forgetKeys(RequestForm form, Judgement judgement, CertificateUpload upload) {
        boolean client = !form.getClientText().isBlank();
        boolean caBundle = !form.getCaBundleText().isBlank();
        form.forgetKeys(
                CertificateUpload.secret(judgement, Part.Field.CHAIN),
                CertificateUpload.secret(judgement, Part.Field.CA_BUNDLE));
        return new Again(
                new PartAgain(
                        upload.clientFiles(), client && form.getClientText().isEmpty()),
                new PartAgain(
                        upload.caBundleFiles(),
                        caBundle && form.getCaBundleText().isEmpty()));
    }

    private static List<InputProblem> withoutCertificate(Refusal refusal) {
        return refusal.problems().stream()
                .filter(problem -> !problem.pointer().startsWith("/certificate/"))
                .toList();
    }

    private static void beside(Judgement judgement, BindingResult errors) {
        judgement
                .errors()
                .forEach(finding -> errors.rejectValue(
                        CERTIFICATE_FIELDS.getOrDefault(finding.part(), "clientText"),
                        finding.code(),
                        finding.title()));
    }

    @GetMapping("/requests/{id}")
    String detail(Person person, @PathVariable String id, @RequestParam Optional<String> from, Model model) {
        model.addAttribute("view", view(person, id, from.filter("queue"::equals).isPresent()));
        return "request/detail";
    }

    /** Asked for again and again while a request moves on by itself; says nothing until there is something to say. */
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
        model.addAttribute("view", view(person, id, false));
        return new ModelAndView("request/detail :: live(view=${view})", model.asMap());
    }

    @PostMapping("/requests/{id}/decision")
    String decide(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String verdict,
            @RequestParam(defaultValue = "") String digest,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            switch (verdict) {
                case "approved" -> decide.approve(person, id, digest, reason);
                case "rejected" -> decide.reject(person, id, digest, reason);
                default ->
                    throw new InvalidInput(
                            "/verdict", "verdict.missing", "Choose whether you approve or reject, then record it.");
            }
            boolean approved = verdict.equals("approved");
            Flash.done(
                    redirect,
                    approved ? "Your approval is recorded" : "Your rejection is recorded",
                    approved ? "The applier writes the objects now." : "The team reads your reason.");
            return "redirect:/requests/" + id;
        } catch (Refusal refusal) {
            RequestView view = view(person, id, true);
            if (view.decision() == null) {
                throw refusal;
            }
            response.setStatus(Refused.status(refusal).value());
            // who saw another plan chooses anew, after reading this one
            String kept = refusal.kind() == Refusal.Kind.STALE ? "" : verdict;
            model.addAttribute("view", view.withDecision(kept, reason, refusal.detail()));
            return "request/detail";
        }
    }

    @PostMapping("/requests/{id}/withdrawal")
    String withdraw(
            Person person,
            @PathVariable String id,
            @RequestParam(defaultValue = "") String reason,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            withdraw.withdraw(person, id, reason);
            Flash.done(
                    redirect, "The request is withdrawn", "Nothing was applied. You may submit another one any time.");
            return "redirect:/requests/" + id;
        } catch (Refusal refusal) {
            RequestView view = view(person, id, false);
            if (view.withdrawal() == null) {
                throw refusal;
            }
            response.setStatus(Refused.status(refusal).value());
            model.addAttribute("view", view.withWithdrawal(reason, refusal.detail()));
            return "request/detail";
        }
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

    /** Shown by the browser, not downloaded. */
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

    private RequestView view(Person person, String id, boolean fromQueue) {
        RequestDetail detail = requests.find(person, id);
        return RequestView.of(detail, person, decide.objection(person, detail.summary()), fromQueue, clock.instant());
    }

    /** The form asks for an identity; whether that is a first certificate or a new one follows from what is there. */
    private RequestKind kind(Person person, RequestForm form) {
        return requests.hasIdentity(person, form.getApp(), form.getDestination())
                ? RequestKind.ROTATE_CERTIFICATE
                : RequestKind.CREATE_IDENTITY;
    }

    private FormView view(Person person, Judgement judgement, CertificateUpload upload, Again again) {
        return view(
                person,
                InspectionView.of(judgement, upload.hasCaBundle(), clock.instant()),
                // one that was given is gone with the file that it opens
                upload.hasPassphrase() || judgement.wantsPassphrase(),
                again);
    }

    private FormView view(Person person, @Nullable InspectionView inspection, boolean passphrase, Again again) {
        List<Catalogue.Entry> entries = catalogue.entries();
        return new FormView(
                apps.list(person, Optional.empty(), Slice.MAX_LIMIT).items().stream()
                        .filter(app -> person.memberOf(app.team()))
                        .map(app -> new Choice(app.publicId(), app.name() + " in " + app.namespace()))
                        .toList(),
                entries.stream()
                        .map(entry -> new Choice(
                                entry.destination().slug(),
                                entry.destination().displayName() + " ("
                                        + entry.destination().host() + ")"))
                        .toList(),
                !entries.isEmpty()
                        && entries.stream()
                                .allMatch(entry ->
                                        entry.destination().caBundlePem().isPresent()),
                inspection,
                passphrase,
                again);
    }
}
