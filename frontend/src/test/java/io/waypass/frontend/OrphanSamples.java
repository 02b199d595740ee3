package io.waypass.frontend;

import static io.waypass.frontend.IdentitySamples.unwatched;
import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.SINCE;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;

/** What belongs to nothing in a cluster, and removing it. */
final class OrphanSamples {

    private static final String DIGEST = "sha256:9f2c4a71c0d3b8e5f6a7190822334455667788990a1b2c3d4e5f60718293a4b5";
    private static final String UID = "5a1e9d0c-70a4-4c0e-9d5c-7a1f0a3c1b1";

    private OrphanSamples() {}

    static List<SamplePage> pages() {
        SamplePage empty = page("orphan/list").by(ADMIN).view(emptyList());
        SamplePage pending = page("orphan/cleaning").by(ADMIN).view(cleaning());
        SamplePage approved = pending.with("header.status", "approved").with("verdict", verdict(true));
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
                        .with("form.chosen", List.of(UID + "1")),
                pending.named("cleaning-pending")
                        .with("removal.objects", List.of(object(0, "orphan"), object(1, "claimed")))
                        .with("removal.orphans", 1)
                        .with("decision", decision()),
                pending.named("cleaning-refused")
                        .with(
                                "decision",
                                decision()
                                        .with("verdict", "approved")
                                        .with("reason", "Looked at both.")
                                        .with(
                                                "wrong",
                                                "Confirm that you have read the list:"
                                                        + " what is deleted does not come back.")),
                pending.named("cleaning-own").with("withdrawal", values("reason", "", "wrong", null)),
                approved.named("cleaning-approved"),
                approved.named("cleaning-failed")
                        .with("header.status", "failed")
                        .with("header.message", "403 Forbidden: serviceentries is forbidden")
                        .with("removal.objects", List.of(object(0, "deleted"), object(1, "orphan")))
                        .with("removal.deleted", 1),
                approved.named("cleaning-done")
                        .with("header.status", "done")
                        .with("finishedAt", SINCE)
                        .with(
                                "removal.objects",
                                List.of(
                                        object(0, "deleted"),
                                        object(1, "gone"),
                                        object(2, "kept").with("message", "It belongs to idn_4fTqW2 by now.")))
                        .with("removal.deleted", 1),
                pending.named("cleaning-rejected")
                        .with("header.status", "rejected")
                        .with("verdict", verdict(false))
                        .with("finishedAt", SINCE),
                pending.named("cleaning-withdrawn")
                        .with("header.status", "withdrawn")
                        .with("header.message", "They are needed.")
                        .with("finishedAt", SINCE));
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
                .and("open", List.of())
                .and("ended", values("rows", List.of(), "next", null))
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
                                        .with("cleaning", "cln_2bXk7w"),
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
                        "open",
                        List.of(
                                row("cln_2bXk7w", "pending", 1, "Left over from the retired invoicer."),
                                row("cln_2bXk7v", "failed", 4, "Restored from a backup by mistake.")
                                        .with("requestedBy", "Another admin")))
                .with(
                        "ended.rows",
                        List.of(
                                row("cln_1aXk7w", "done", 2, "Copied by hand."),
                                row("cln_1aXk7v", "rejected", 12, "All of them.")))
                .with("ended.next", "a");
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
                .and("cleaning", null)
                .and("chosen", false);
    }

    private static Values row(String id, String status, int objects, String reason) {
        return values("id", id, "status", status, "objects", objects, "reason", reason)
                .and("requestedBy", "Platform admin")
                .and("requestedAt", SINCE);
    }

    private static Values cleaning() {
        return values("id", "cln_2bXk7w")
                .and(
                        "header",
                        values("cluster", "sandbox", "status", "pending", "message", null)
                                .and("reason", "Left over from the retired ledger.")
                                .and("requestedBy", "Another admin")
                                .and("requestedAt", SINCE))
                .and(
                        "removal",
                        values("digest", DIGEST, "orphans", 2, "deleted", 0)
                                .and("objects", List.of(object(0, "orphan"), object(1, "orphan"))))
                .and("verdict", null)
                .and("finishedAt", null)
                .and("decision", null)
                .and("withdrawal", null);
    }

    private static Values object(int number, String state) {
        return values("kind", "ServiceEntry", "namespace", "payments", "name", "ledger-old-" + number)
                .and("uid", UID + number)
                .and("state", state)
                .and("message", null);
    }

    private static Values decision() {
        return values("plan", null, "digest", DIGEST, "digestShort", "sha256:9f2c4a71…", "deletes", 0)
                .and("verdict", null)
                .and("reason", "")
                .and("wrong", null);
    }

    private static Values verdict(boolean approved) {
        return values("approved", approved, "by", "Platform admin", "reason", "Looked at both.", "at", SINCE);
    }
}
