package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.Viewer.MEMBER;
import static io.waypass.frontend.SamplePage.Viewer.STRANGER;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.SharedSamples.choice;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;

/** Apps and destinations. */
final class CatalogueSamples {

    /** What the app form binds to; the portal's own has the same components. */
    public record AppForm(String place, String name, String serviceAccount) {}

    private CatalogueSamples() {}

    static List<SamplePage> pages() {
        Values ownNamespace = choice("sandbox/team-namespace", "team-namespace · cluster sandbox · Payments");
        SamplePage apps =
                page("app/list").by(MEMBER).view(values("mayRegister", true, "next", null, "apps", List.of()));
        SamplePage form = page("app/form").by(MEMBER).view(values("places", List.of(ownNamespace)));
        SamplePage removal = page("app/removal")
                .by(MEMBER)
                .view(values("id", "app_1", "name", "app1", "namespace", "team-namespace")
                        .and("wrong", null)
                        .and("identities", List.of()));
        SamplePage destinations = page("destination/list")
                .by(MEMBER)
                .view(values("mayAsk", true, "mayRemove", true, "destinations", List.of()));
        return List.of(
                apps.named("app-list-empty"),
                apps.named("app-list")
                        .model("flash", values("tone", "ok", "key", "flash.app.registered", "args", List.of("app2")))
                        .with("next", "2s")
                        .with("apps", List.of(app(2, true), app(1, false))),
                form.named("app-form").form(new AppForm("sandbox/team-namespace", "", "")),
                form.named("app-form-nowhere")
                        .by(STRANGER)
                        .with("places", List.of())
                        .form(new AppForm("", "", "")),
                form.named("app-form-refused")
                        .with(
                                "places",
                                List.of(ownNamespace, choice("sandbox/other", "other · cluster sandbox · Payments")))
                        .form(new AppForm("sandbox/foreign", "App 1", "default"))
                        .error(
                                "place",
                                "The namespace “foreign” in cluster sandbox does not belong to team payments."
                                        + " Choose one of the team's own, or ask a platform admin to add it.")
                        .error(
                                "name",
                                "The app's name “App 1” has a blank and a capital."
                                        + " It takes 1 to 63 lower-case letters, digits and dashes.")
                        .error(
                                "serviceAccount",
                                "The service account “default” is every pod's own. Name one that only this app uses."),
                removal.named("app-removal"),
                removal.named("app-removal-refused")
                        .with(
                                "wrong",
                                values("title", "It still has identities")
                                        .and(
                                                "detail",
                                                "app1 has identities that are approved, applied or asked for: idn_1"
                                                        + " (app1 → my-nginx.foo.bar). Retire them, or withdraw what was asked for, first."
                                                        + " Nothing was removed."))
                        .with("identities", List.of(values("id", "idn_1", "app", "app1", "host", HOST))),
                destinations.named("destinations-empty"),
                destinations
                        .named("destinations")
                        .with(
                                "destinations",
                                List.of(
                                        destination("nginx", "the partner’s order status", HOST, 443, 80)
                                                .and("hasCa", false),
                                        destination(
                                                        "partner-api",
                                                        "prices and availability",
                                                        "api.partner.example",
                                                        8443,
                                                        8080)
                                                .and("hasCa", true))),
                page("destination/removal")
                        .by(ADMIN)
                        .view(values("slug", "nginx", "host", HOST, "wrong", null, "identities", List.of()))
                        .named("destination-removal"));
    }

    private static Values app(int number, boolean mayRequest) {
        return values("id", "app_" + number, "name", "app" + number, "namespace", "team-namespace")
                .and("cluster", "sandbox")
                .and("serviceAccount", "app" + number)
                .and("team", "payments")
                .and("mayRequest", mayRequest)
                .and("registeredAt", moment("2026-11-23T08:38:00Z", "minutes", 38));
    }

    private static Values destination(String slug, String name, String host, int port, int listenPort) {
        return values("slug", slug, "name", name, "host", host, "port", port, "listenPort", listenPort)
                .and("gateway", "egress-waypoint")
                .and("gatewayNamespace", "istio-egress")
                .and("cluster", "sandbox");
    }
}
