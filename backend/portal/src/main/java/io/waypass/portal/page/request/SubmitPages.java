package io.waypass.portal.page.request;

import io.waypass.access.Person;
import io.waypass.app.Apps;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.Part;
import io.waypass.database.Slice;
import io.waypass.destination.Destinations;
import io.waypass.identity.CertificateInspection;
import io.waypass.identity.CertificateRefused;
import io.waypass.portal.page.Choice;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Refused;
import io.waypass.refusal.InputProblem;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestSubmission;
import io.waypass.request.Requests;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pages that request an identity, or a new certificate for one. */
@Controller
class SubmitPages {

    private static final Map<String, String> FIELDS = Map.of(
            "/app", "app",
            "/destination", "destination",
            "/reason", "reason");

    /** Fields that show the title of a finding; the findings list has the rest. */
    private static final Map<String, String> CERTIFICATE_FIELDS = Map.of(
            "chain", "clientText",
            "privateKey", "clientText",
            "pkcs12", "clientText",
            "passphrase", "passphrase",
            "caBundle", "caBundleText");

    /** Inputs that are not written back: chosen files, and pasted text with more than certificates. */
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
    private final RequestSubmission submit;
    private final CertificateInspection inspection;
    private final Apps apps;
    private final Destinations destinations;
    private final Clock clock;

    SubmitPages(
            Requests requests,
            RequestSubmission submit,
            CertificateInspection inspection,
            Apps apps,
            Destinations destinations,
            Clock clock) {
        this.requests = requests;
        this.submit = submit;
        this.inspection = inspection;
        this.apps = apps;
        this.destinations = destinations;
        this.clock = clock;
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
                        new NewRequest.OfIdentity(
                                kind(person, form),
                                form.getApp(),
                                form.getDestination(),
                                upload.submission(),
                                form.getReason()));
                Flash.done(redirect, "flash.submitted");
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

    /** The address of a refused form only takes a POST; reload and back lead to the form. */
    @GetMapping("/requests/inspection")
    String inspection() {
        return "redirect:/requests/new";
    }

    /** Judges without submitting: below the form while it is filled, or as a page without scripts. */
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

    /** Removes what must not be written back from the form, and lists what has to be entered again. */
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

    /** Whether the form requests a first or a new certificate depends on the existing identity. */
    private RequestKind kind(Person person, RequestForm form) {
        return requests.hasIdentity(person, form.getApp(), form.getDestination())
                ? RequestKind.ROTATE_CERTIFICATE
                : RequestKind.CREATE_IDENTITY;
    }

    private FormView view(Person person, Judgement judgement, CertificateUpload upload, Again again) {
        return view(
                person,
                InspectionView.of(judgement, upload.hasCaBundle(), clock.instant()),
                // a passphrase is dropped with the file that it opens
                upload.hasPassphrase() || judgement.wantsPassphrase(),
                again);
    }

    private FormView view(Person person, @Nullable InspectionView inspection, boolean passphrase, Again again) {
        List<Destinations.Entry> entries = destinations.entries();
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
