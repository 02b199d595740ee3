package io.waypass.portal.page.identity;

import io.waypass.access.Person;
import io.waypass.identity.Identities;
import io.waypass.identity.IdentityDetail;
import io.waypass.identity.IdentitySummary;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Refused;
import io.waypass.refusal.Conflict;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.Reason;
import io.waypass.refusal.Refusal;
import io.waypass.request.NewRequest;
import io.waypass.request.RequestKind;
import io.waypass.request.RequestSubmission;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pages that request a retirement or a refresh of an identity. */
@Controller
class ChangePages {

    private static final Map<String, String> FIELDS = Map.of("/reason", "reason");

    record ObjectRow(String kind, String namespace, String name) {}

    record View(
            String id,
            String app,
            String namespace,
            String host,
            @Nullable String subject,
            List<ObjectRow> objects) {}

    private final Identities identities;
    private final RequestSubmission submit;

    ChangePages(Identities identities, RequestSubmission submit) {
        this.identities = identities;
        this.submit = submit;
    }

    @GetMapping("/identities/{id}/retirement")
    String retirement(Person person, @PathVariable String id, Model model) {
        return form(own(person, id), model, "identity/retirement");
    }

    @GetMapping("/identities/{id}/refresh")
    String refresh(Person person, @PathVariable String id, Model model) {
        return form(own(person, id), model, "identity/refresh");
    }

    @PostMapping("/identities/{id}/retirement")
    String retire(
            Person person,
            @PathVariable String id,
            @ModelAttribute("form") ChangeForm form,
            BindingResult errors,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        IdentityDetail identity = own(person, id);
        if (!form.isConfirmed()) {
            errors.rejectValue(
                    "confirmed", "confirmation.missing", "Confirm that calls to the destination may stop working.");
            Reason.required(form.getReason(), "Say why; who decides reads it.")
                    .ifPresent(problem -> errors.rejectValue("reason", problem.code(), problem.message()));
        }
        if (!errors.hasErrors()) {
            Optional<String> request = asked(person, identity, RequestKind.RETIRE_IDENTITY, form, errors, response);
            if (request.isPresent()) {
                Flash.done(redirect, "flash.retirement");
                return "redirect:/requests/" + request.get();
            }
        } else {
            response.setStatus(HttpStatus.UNPROCESSABLE_CONTENT.value());
        }
        model.addAttribute("view", view(identity));
        return "identity/retirement";
    }

    @PostMapping("/identities/{id}/refresh")
    String refresh(
            Person person,
            @PathVariable String id,
            @ModelAttribute("form") ChangeForm form,
            BindingResult errors,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        IdentityDetail identity = own(person, id);
        Optional<String> request = asked(person, identity, RequestKind.REFRESH, form, errors, response);
        if (request.isPresent()) {
            Flash.done(redirect, "flash.refresh");
            return "redirect:/requests/" + request.get();
        }
        model.addAttribute("view", view(identity));
        return "identity/refresh";
    }

    private Optional<String> asked(
            Person person,
            IdentityDetail identity,
            RequestKind kind,
            ChangeForm form,
            BindingResult errors,
            HttpServletResponse response) {
        IdentitySummary summary = identity.summary();
        try {
            return Optional.of(submit.submit(
                    person,
                    NewRequest.OfIdentity.without(kind, summary.appId(), summary.destination(), form.getReason())));
        } catch (Refusal refusal) {
            Refused.beside(refusal, FIELDS, errors);
            response.setStatus(Refused.status(refusal).value());
            return Optional.empty();
        }
    }

    /** Only for members of the owning team, and only while there is something to retire or refresh. */
    private IdentityDetail own(Person person, String id) {
        IdentityDetail identity = identities.find(person, id);
        IdentitySummary summary = identity.summary();
        if (!person.memberOf(summary.team())) {
            throw new NotAllowed(
                    "team.not-yours", "Only members of team " + summary.team() + " ask for its identities.");
        }
        if (summary.desiredRevision().isEmpty() && summary.appliedRevision().isEmpty()) {
            throw new Conflict(
                    "identity.missing",
                    "Nothing of this identity is approved",
                    "Either no request for it was approved yet, or it is retired already.");
        }
        return identity;
    }

    private static String form(IdentityDetail identity, Model model, String template) {
        model.addAttribute("form", new ChangeForm());
        model.addAttribute("view", view(identity));
        return template;
    }

    private static View view(IdentityDetail identity) {
        IdentitySummary summary = identity.summary();
        return new View(
                summary.publicId(),
                summary.app(),
                summary.principal().namespace(),
                summary.host(),
                summary.subject().orElse(null),
                identity.objects().stream()
                        .map(object -> new ObjectRow(object.kind(), object.namespace(), object.name()))
                        .toList());
    }
}
