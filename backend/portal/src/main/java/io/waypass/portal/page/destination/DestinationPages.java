package io.waypass.portal.page.destination;

import io.waypass.access.Person;
import io.waypass.destination.Catalogue;
import java.util.List;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;

/** The catalogue, to read. */
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
        static Row of(Catalogue.Entry entry) {
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

    record ListView(boolean mayAsk, List<Row> destinations) {}

    private final Catalogue catalogue;

    DestinationPages(Catalogue catalogue) {
        this.catalogue = catalogue;
    }

    @GetMapping("/destinations")
    String list(Person person, Model model) {
        model.addAttribute(
                "view",
                new ListView(
                        !person.teams().isEmpty(),
                        catalogue.entries().stream().map(Row::of).toList()));
        return "destination/list";
    }
}
