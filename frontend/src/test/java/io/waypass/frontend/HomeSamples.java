package io.waypass.frontend;

import static io.waypass.frontend.RequestSamples.row;
import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.Viewer.MEMBER;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.Values.daysLeft;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;
import java.util.stream.Stream;

/** The start page, and pages that are an answer of no. */
final class HomeSamples {

    private HomeSamples() {}

    static List<SamplePage> pages() {
        SamplePage empty = page("home")
                .by(ADMIN)
                .view(values("mayAsk", false, "needs", List.of())
                        .and("requests", List.of())
                        .and("expiring", List.of()));
        Stream<SamplePage> home = Stream.of(
                empty.named("home-empty"),
                empty.named("home-admin")
                        .with("mayAsk", true)
                        .with(
                                "needs",
                                List.of(
                                        need("decide", "accent", "/queue", 14),
                                        need("unwatched", "bad", "/identities/idn_1", "sandbox"),
                                        need("partly-unwatched", "bad", "/identities/idn_2", "west")
                                                .with("why", "The applier may not watch Secrets."))),
                empty.named("home-member")
                        .by(MEMBER)
                        .with("mayAsk", true)
                        .with(
                                "needs",
                                List.of(
                                        need("broken", "bad", "/identities/idn_2", "app2", HOST)
                                                .with(
                                                        "why",
                                                        "RouteAccepted: the HTTPRoute is gone, and writing it again is refused:"
                                                                + " exceeded quota: httproutes, used 20, limited 20"),
                                        need("invalid", "bad", "/requests/req_3", "app1-batch", HOST)
                                                .with(
                                                        "why",
                                                        "Service account app1-batch does not exist in team-namespace."
                                                                + " Create it, or pick another one."),
                                        need(
                                                "expiring",
                                                "warn",
                                                "/identities/idn_4",
                                                "app2",
                                                "api.partner.example",
                                                19)))
                        .with(
                                "requests",
                                List.of(
                                        row("req_1", "app1", "create-identity", "pending", "admin", null)
                                                .with("identity.host", HOST),
                                        row("req_2", "app3", "rotate-certificate", "applying", "waypass", null),
                                        row(
                                                        "req_3",
                                                        "app1-batch",
                                                        "create-identity",
                                                        "invalid",
                                                        "team",
                                                        "Service account app1-batch does not exist in team-namespace.")
                                                .with("identity.host", HOST),
                                        row("req_4", "app2", "rotate-certificate", "applied", "nobody", null)
                                                .with("identity.host", HOST),
                                        row(
                                                        "req_5",
                                                        "app4",
                                                        "retire-identity",
                                                        "rejected",
                                                        "team",
                                                        "“Ask for a certificate of your own”")
                                                .with("identity.host", "files.supplier.example")))
                        .with(
                                "expiring",
                                List.of(
                                        expiring("idn_4", "app2", "api.partner.example", "2026-12-12T09:00:00Z", 19, 5),
                                        expiring("idn_2", "app2", HOST, "2027-03-14T09:00:00Z", 111, 30),
                                        expiring("idn_9", "app9", HOST, "2026-11-20T09:00:00Z", -3, 100))));
        Stream<SamplePage> errors = Stream.of("403", "404", "413", "4xx", "5xx")
                .map(code -> page("error/" + code).named("error-" + code));
        return Stream.of(
                        home,
                        errors,
                        Stream.of(
                                page("signed-out").named("signed-out"),
                                page("error/problem")
                                        .by(MEMBER)
                                        .named("error-problem")
                                        .model(
                                                "problem",
                                                values("title", "Not found", "code", "request.not-found")
                                                        .and(
                                                                "detail",
                                                                "There is no request “req_1”,"
                                                                        + " or you may not see it."))))
                .flatMap(pages -> pages)
                .toList();
    }

    private static Values need(String what, String tone, String href, Object... args) {
        return values("what", what, "tone", tone, "args", List.of(args), "why", null, "href", href);
    }

    private static Values expiring(String id, String app, String host, String until, int days, int percent) {
        return values("id", id, "app", app, "host", host)
                .and("until", moment(until, "days", 0))
                .and("daysLeft", daysLeft(days))
                .and("percent", percent);
    }
}
