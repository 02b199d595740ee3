package io.waypass.portal.page.destination;

import io.waypass.access.Person;
import io.waypass.destination.Destinations;
import io.waypass.portal.page.Flash;
import io.waypass.portal.page.Refused;
import io.waypass.portal.page.RefusedRemoval;
import io.waypass.refusal.NotFound;
import io.waypass.resource.StillUsed;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.servlet.mvc.support.RedirectAttributes;

/** The page of the catalogue: everybody reads it, platform admins remove destinations that are no longer used. */
@Controller
class DestinationPages {

    record Row(
            String slug,
            String name,
            String host,
            int port,
            int listenPort,
            String gateway,
            String gatewayNamespace,
            String cluster,
            boolean hasCa) {
        static Row of(Destinations.Entry entry) {
            return new Row(
                    entry.destination().slug(),
                    entry.destination().displayName(),
                    entry.destination().host(),
                    entry.destination().port(),
                    entry.destination().listenPort(),
                    entry.gateway().name(),
                    entry.gateway().namespace(),
                    entry.cluster(),
                    entry.destination().caBundlePem().isPresent());
        }
    }

    record ListView(boolean mayAsk, boolean mayRemove, List<Row> destinations) {}

    record RemovalView(String slug, String host, @Nullable RefusedRemoval wrong, List<?> identities) {}

    private final Destinations destinations;

    DestinationPages(Destinations destinations) {
        this.destinations = destinations;
    }

    @GetMapping("/destinations")
    String list(Person person, Model model) {
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        person.admin(),
                        destinations.entries().stream().map(Row::of).toList()));
        return "destination/list";
    }

    @GetMapping("/destinations/{slug}/removal")
    String removal(Person person, @PathVariable String slug, Model model) {
        person.requireAdmin();
        model.addAttribute("view", new RemovalView(slug, host(slug), null, List.of()));
        return "destination/removal";
    }

    @PostMapping("/destinations/{slug}/removal")
    String remove(
            Person person,
            @PathVariable String slug,
            Model model,
            RedirectAttributes redirect,
            HttpServletResponse response) {
        person.requireAdmin();
        String host = host(slug);
        try {
            destinations.remove(person, slug);
            Flash.done(redirect, "flash.destination.removed", host);
            return "redirect:/destinations";
        } catch (StillUsed refusal) {
            response.setStatus(Refused.status(refusal).value());
            model.addAttribute(
                    "view",
                    new RemovalView(
                            slug,
                            host,
                            RefusedRemoval.of(refusal),
                            refusal.members().getOrDefault("identities", List.of())));
            return "destination/removal";
        }
    }

    private String host(String slug) {
        return destinations
                .entry(slug)
                .map(entry -> entry.destination().host())
                .orElseThrow(() -> new NotFound("destination", slug));
    }
}
