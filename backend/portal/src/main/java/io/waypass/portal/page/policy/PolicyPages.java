package io.waypass.portal.page.policy;

import io.waypass.access.Person;
import io.waypass.decision.PolicyTrial;
import io.waypass.policy.Policies;
import io.waypass.policy.Policy;
import io.waypass.policy.PolicyEffect;
import io.waypass.policy.PolicyLanguage;
import io.waypass.policy.PolicyVersion;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.Refused;
import io.waypass.refusal.NotFound;
import io.waypass.refusal.Refusal;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.validation.BindingResult;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** Pages of policies: edited, tried on past requests, activated and deactivated. */
@Controller
class PolicyPages {

    private static final Map<String, String> FIELDS = Map.of(
            "/name", "name",
            "/description", "description",
            "/effect", "effect",
            "/approvals", "approvals",
            "/message", "message",
            "/expression", "expression");

    record Row(
            String name,
            String description,
            String effect,
            int approvals,
            int latest,
            @Nullable Integer active) {}

    record ListView(List<Row> policies, long switchedOn) {}

    record VersionRow(
            int version,
            String description,
            String effect,
            int approvals,
            @Nullable String message,
            String expression,
            @Nullable String createdBy,
            Moment createdAt,
            boolean active) {}

    record HitRow(String id, String title, @Nullable String decided, String why) {}

    record TrialView(int version, int tried, int holds, long same, List<HitRow> hits, List<HitRow> noDecision) {}

    record NameRow(String name, String type, String meaning) {}

    record View(
            @Nullable String name,
            @Nullable Integer active,
            List<VersionRow> versions,
            @Nullable TrialView trial,
            List<String> effects,
            List<NameRow> names,
            boolean editing) {}

    private final Policies policies;
    private final PolicyTrial trial;
    private final Clock clock;
    private final List<NameRow> names = new PolicyLanguage()
            .names().stream()
                    .map(name -> new NameRow(name.name(), name.type(), name.meaning()))
                    .toList();

    PolicyPages(Policies policies, PolicyTrial trial, Clock clock) {
        this.policies = policies;
        this.trial = trial;
        this.clock = clock;
    }

    @GetMapping("/policies")
    String list(Person person, Model model) {
        person.requireAdmin();
        List<Row> rows = policies.all().stream()
                .map(policy -> {
                    PolicyVersion shown = policy.active().orElse(policy.latest());
                    return new Row(
                            policy.name(),
                            shown.description(),
                            shown.effect().value(),
                            shown.approvals().orElse(0),
                            policy.latest().version(),
                            policy.active().map(PolicyVersion::version).orElse(null));
                })
                .toList();
        model.addAttribute(
                "view",
                new ListView(
                        rows, rows.stream().filter(row -> row.active() != null).count()));
        return "policy/list";
    }

    @GetMapping("/policies/new")
    String form(Person person, Model model) {
        person.requireAdmin();
        model.addAttribute("form", new PolicyForm());
        model.addAttribute("view", view(Optional.empty(), null, true));
        return "policy/detail";
    }

    @GetMapping("/policies/{name}")
    String detail(
            Person person,
            @PathVariable String name,
            @RequestParam Optional<Integer> tried,
            @RequestParam Optional<String> edit,
            Model model) {
        person.requireAdmin();
        Policy policy = policies.find(name);
        TrialView result = tried.map(version -> trial(person, policy, version)).orElse(null);
        model.addAttribute("form", PolicyForm.of(policy.latest()));
        model.addAttribute("view", view(Optional.of(policy), result, edit.isPresent()));
        return "policy/detail";
    }

    @PostMapping("/policies")
    String save(
            Person person,
            @ModelAttribute("form") PolicyForm form,
            BindingResult errors,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        person.requireAdmin();
        try {
            Optional<PolicyEffect> effect = Arrays.stream(PolicyEffect.values())
                    .filter(each -> each.value().equals(form.getEffect()))
                    .findFirst();
            if (effect.isEmpty()) {
                errors.rejectValue("effect", "effect.missing", "Choose what the policy does where its rule holds.");
            }
            if (effect.isEmpty()) {
                Refused.beside(
                        new io.waypass.refusal.InvalidInput(
                                policies.problems(form.version(PolicyEffect.ALLOW_OWN_TEAM))),
                        FIELDS,
                        errors);
                return refused(form, model, response, 422);
            }
            Policy saved = policies.save(person, form.version(effect.get()));
            int version = saved.latest().version();
            Flash.done(redirect, "flash.policy.saved", Integer.toString(version));
            return "redirect:/policies/" + saved.name() + "?tried=" + version;
        } catch (Refusal refusal) {
            Refused.beside(refusal, FIELDS, errors);
            return refused(form, model, response, Refused.status(refusal).value());
        }
    }

    private String refused(PolicyForm form, Model model, HttpServletResponse response, int status) {
        response.setStatus(status);
        Optional<Policy> known = policies.all().stream()
                .filter(each -> each.name().equals(form.getName()))
                .findFirst();
        model.addAttribute("view", view(known, null, true));
        return "policy/detail";
    }

    @PostMapping("/policies/{name}/activation")
    String activate(
            Person person,
            @PathVariable String name,
            @RequestParam Optional<Integer> version,
            RedirectAttributes redirect) {
        person.requireAdmin();
        policies.activate(person, name, version.isPresent() ? OptionalInt.of(version.get()) : OptionalInt.empty());
        version.ifPresentOrElse(
                number -> Flash.done(redirect, "flash.policy.on", Integer.toString(number)),
                () -> Flash.done(redirect, "flash.policy.off"));
        return "redirect:/policies/" + name;
    }

    private TrialView trial(Person person, Policy policy, int version) {
        PolicyVersion tried = policy.versions().stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow(() -> new NotFound("policy-version", policy.name() + "/" + Integer.toString(version)));
        PolicyTrial.Result result = trial.run(person, tried);
        boolean approves = tried.effect() == PolicyEffect.APPROVE;
        return new TrialView(
                version,
                result.tried(),
                result.holds().size(),
                result.holds().stream()
                        .filter(hit -> hit.decided().equals(Optional.of(approves)))
                        .count(),
                result.holds().stream().map(PolicyPages::row).toList(),
                result.noDecision().stream().map(PolicyPages::row).toList());
    }

    private static HitRow row(PolicyTrial.Hit hit) {
        return new HitRow(
                hit.request().publicId(),
                hit.request().title(),
                hit.decided()
                        .map(approved -> approved ? "approved" : "rejected")
                        .orElse(null),
                hit.why());
    }

    private View view(Optional<Policy> policy, @Nullable TrialView result, boolean editing) {
        Instant now = clock.instant();
        Integer active =
                policy.flatMap(Policy::active).map(PolicyVersion::version).orElse(null);
        return new View(
                policy.map(Policy::name).orElse(null),
                active,
                policy.map(Policy::versions).orElse(List.of()).stream()
                        .map(version -> new VersionRow(
                                version.version(),
                                version.description(),
                                version.effect().value(),
                                version.approvals().orElse(0),
                                version.message().orElse(null),
                                version.expression(),
                                version.createdBy().orElse(null),
                                Moment.of(version.createdAt(), now),
                                active != null && active == version.version()))
                        .toList(),
                result,
                Arrays.stream(PolicyEffect.values()).map(PolicyEffect::value).toList(),
                names,
                editing || policy.isEmpty());
    }
}
