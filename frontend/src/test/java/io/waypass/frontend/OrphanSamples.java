package io.waypass.frontend;

import static io.waypass.frontend.IdentitySamples.unwatched;
import static io.waypass.frontend.RequestSamples.removal;
import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.SINCE;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;

/** What belongs to nothing in a cluster, and asking for its removal. */
final class OrphanSamples {

    private static final String UID = "5a1e9d0c-70a4-4c0e-9d5c-7a1f0a3c1b1";

    private OrphanSamples() {}

    static List<SamplePage> pages() {
        SamplePage empty = page("orphan/list").by(ADMIN).view(emptyList());
        return List.of(
                empty.named("orphan-list-empty"),
                page("orphan/list").by(ADMIN).view(list()).named("orphan-list"),
                empty.named("orphan-list-no-cluster").with("cluster", null).with("clusters", List.of()),
                empty.named("orphan-list-unwatched")
                        .with("unwatched", unwatched(moment("2026-11-23T09:16:01Z", "minutes", 6), null)),
                empty.named("orphan-list-refused")
                        .with("clusters", List.of(cluster("sandbox", 1)))
                        .with("counts.orphans", 1000)
                        .with("orphans.rows", List.of(ledger().with("chosen", true)))
                        .with("form.wrong", "Say why they should go; who decides reads it.")
                        .with("form.chosen", List.of(UID + "1")));
    }

    private static Values emptyList() {
        return values("cluster", "sandbox")
                .and("unwatched", null)
                .and("clusters", List.of(cluster("sandbox", 0)))
                .and("counts", values("orphans", 0, "missing", 0))
                .and("most", 1000)
                .and("orphans", values("rows", List.of(), "next", null))
                .and("here", null)
                .and("missing", values("rows", List.of(), "next", null))
                .and("removals", values("rows", List.of(), "next", null))
                .and("form", values("reason", "", "wrong", null, "chosen", List.of()));
    }

    private static Values list() {
        return emptyList()
                .with(
                        "clusters",
                        List.of(
                                cluster("sandbox", 7),
                                cluster("west", 2000).with("more", true).with("chosen", false)))
                .with("counts", values("orphans", 6, "missing", 1))
                .with(
                        "orphans.rows",
                        List.of(
                                ledger(),
                                orphan(2, "Secret", "payments", "copied-client-mtls-secret", "unclaimed", "")
                                        .with("managers", "kubectl-client-side-apply"),
                                orphan(
                                                3,
                                                "DestinationRule",
                                                "billing",
                                                "invoicer-dr",
                                                "identity-not-kept",
                                                "idn_8Kf2mQ")
                                        .with("request", "req_2bXk7w"),
                                orphan(4, "HTTPRoute", "billing", "restored", "unknown-identity", "idn_1aaaaa")
                                        .with("managers", "velero-server"),
                                orphan(
                                        5,
                                        "AuthorizationPolicy",
                                        "istio-egress",
                                        "settlement-known-apps",
                                        "owner-gone",
                                        "settlement")))
                .with("orphans.next", "6")
                .with(
                        "missing.rows",
                        List.of(values("identity", "idn_9cDe1f", "app", "refunds", "team", "payments")
                                .and("host", "settlement.bank.example")
                                .and("kind", "Secret")
                                .and("namespace", "payments")
                                .and("name", "refunds-client-mtls-secret")
                                .and("observedAt", SINCE)))
                .with(
                        "removals",
                        values(
                                "rows",
                                List.of(
                                        removal("req_2bXk7w", "1 orphan of cluster sandbox", "pending", "admin"),
                                        removal("req_2bXk7v", "4 orphans of cluster sandbox", "failed", "waypass")
                                                .with("note", "403 Forbidden: serviceentries is forbidden"),
                                        removal("req_1aXk7w", "2 orphans of cluster west", "applied", "nobody"),
                                        removal("req_1aXk7v", "12 orphans of cluster west", "rejected", "nobody")),
                                "next",
                                "a"));
    }

    private static Values cluster(String name, int count) {
        return values("name", name, "count", count, "more", false, "chosen", true);
    }

    private static Values ledger() {
        return orphan(1, "ServiceEntry", "payments", "ledger-old-se", "not-its-object", "idn_4fTqW2");
    }

    private static Values orphan(int number, String kind, String namespace, String name, String cause, String says) {
        return values("uid", UID + number, "kind", kind, "namespace", namespace, "name", name, "cause", cause)
                .and("says", says)
                .and("managers", "waypass")
                .and("since", SINCE)
                .and("request", null)
                .and("chosen", false);
    }
}
