package io.waypass.portal.page.app;

import io.waypass.access.Person;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.database.Slice;
import io.waypass.portal.page.Choice;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Moment;
import io.waypass.portal.page.Refused;
import io.waypass.portal.page.RefusedRemoval;
import io.waypass.refusal.NotAllowed;
import io.waypass.refusal.Refusal;
import io.waypass.resource.StillUsed;
import io.waypass.team.Teams;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/** Pages of a person's apps, and of their registration. */
@Controller
class AppPages {

    private static final Map<String, String> FIELDS = Map.of(
            "/team",
            "place",
            "/cluster",
            "place",
            "/namespace",
            "place",
            "/name",
            "name",
            "/serviceAccount",
            "serviceAccount");

    record AppRow(
            String id,
            String name,
            String namespace,
            String cluster,
            String serviceAccount,
            String team,
            boolean mayRequest,
            Moment registeredAt) {}

    record ListView(boolean mayRegister, @Nullable String next, List<AppRow> apps) {}

    record FormView(List<Choice> places) {}

    record RemovalView(
            String id,
            String name,
            String namespace,
            @Nullable RefusedRemoval wrong,
            List<?> identities) {}

    private final Apps apps;
    private final Teams teams;
    private final Clock clock;

    AppPages(Apps apps, Teams teams, Clock clock) {
        this.apps = apps;
        this.teams = teams;
        this.clock = clock;
    }

    @GetMapping("/apps")
    String list(Person person, @RequestParam Optional<String> cursor, Model model) {
        Instant now = clock.instant();
        Slice<App> slice = apps.list(person, cursor, Slice.DEFAULT_LIMIT);
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        slice.nextCursor().orElse(null),
                        slice.items().stream()
                                .map(app -> new AppRow(
                                        app.publicId(),
                                        app.name(),
                                        app.namespace(),
                                        app.cluster(),
                                        app.serviceAccount(),
                                        app.team(),
                                        person.memberOf(app.team()),
                                        Moment.of(app.registeredAt(), now)))
                                .toList()));
        return "app/list";
    }

    @GetMapping("/apps/new")
    String form(Person person, Model model) {
        model.addAttribute("form", new AppForm());
        model.addAttribute("view", view(person));
        return "app/form";
    }

    @PostMapping("/apps")
    String register(
            Person person,
            @ModelAttribute("form") AppForm form,
            BindingResult errors,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        try {
            App app = apps.register(person, form.newApp(teamOf(person, form.getPlace())));
            Flash.done(redirect, "flash.app.registered", app.name());
            return "redirect:/apps";
        } catch (Refusal refusal) {
            Refused.beside(refusal, FIELDS, errors);
            response.setStatus(Refused.status(refusal).value());
            model.addAttribute("view", view(person));
            return "app/form";
        }
    }

    @GetMapping("/apps/{id}/removal")
    String removal(Person person, @PathVariable String id, Model model) {
        App app = apps.find(person, id);
        if (!person.memberOf(app.team())) {
            throw new NotAllowed("team.not-yours", "Only members of team " + app.team() + " may remove its apps.");
        }
        model.addAttribute("view", new RemovalView(id, app.name(), app.namespace(), null, List.of()));
        return "app/removal";
    }

    @PostMapping("/apps/{id}/removal")
    String remove(
            Person person,
            @PathVariable String id,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        App app = apps.find(person, id);
        try {
            apps.remove(person, id);
            Flash.done(redirect, "flash.app.removed", app.name());
            return "redirect:/apps";
        } catch (StillUsed refusal) {
            response.setStatus(Refused.status(refusal).value());
            model.addAttribute(
                    "view",
                    new RemovalView(
                            id,
                            app.name(),
                            app.namespace(),
                            RefusedRemoval.of(refusal),
                            refusal.members().getOrDefault("identities", List.of())));
            return "app/removal";
        }
    }

    /** The team is not an input: it is the one that owns the namespace. */
    private String teamOf(Person person, String place) {
        List<String> own = person.teams().stream().sorted().toList();
        return own.stream()
                .filter(team -> teams.namespacesOf(team).stream()
                        .anyMatch(owned -> place.equals(owned.cluster() + "/" + owned.namespace())))
                .findFirst()
                .orElse(own.isEmpty() ? "" : own.getFirst());
    }

    private FormView view(Person person) {
        return new FormView(person.teams().stream()
                .sorted()
                .flatMap(team -> teams.namespacesOf(team).stream()
                        .map(owned -> new Choice(
                                owned.cluster() + "/" + owned.namespace(),
                                owned.namespace() + " · cluster " + owned.cluster() + " · team " + team)))
                .toList());
    }
}
