package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.SINCE;
import static io.waypass.frontend.SharedSamples.identity;
import static io.waypass.frontend.Values.daysLeft;
import static io.waypass.frontend.Values.values;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The queue, and approving several of its requests with one reason. */
final class QueueSamples {

    private QueueSamples() {}

    static List<SamplePage> pages() {
        SamplePage queue = page("queue/list").by(ADMIN).view(queue());
        SamplePage approval = page("queue/approval").by(ADMIN).view(approval());
        return List.of(
                queue.named("queue"),
                queue.named("queue-many")
                        .with("total", 4711)
                        .with("clean", null)
                        .with("next", "a1")
                        .with("chips", chips("all", null, null, 1, 2, 1, 1)),
                queue.named("queue-filtered")
                        .with("filter.attention", "failed")
                        .with("filter.narrows", true)
                        .with("chips", chips("failed", 1, 1, 1, 2, 1, 1))
                        .with("requests", List.of()),
                queue.named("queue-empty")
                        .with("total", 0)
                        .with("clean", 0)
                        .with("planning", 0)
                        .with("filter.teams", List.of())
                        .with("filter.destinations", List.of())
                        .with("filter.kinds", List.of("create-identity"))
                        .with("chips", List.of())
                        .with("requests", List.of()),
                approval.named("queue-approval"),
                approval.named("queue-approval-refused")
                        .model("flash", values("tone", "warn", "key", "flash.queue.partly", "args", List.of("1", "2")))
                        .with("reason", "Checked with the partner")
                        .with("wrong", "Give a reason; the teams read it.")
                        .with(
                                "failures",
                                List.of(values("id", "req_1", "why", "The plan was made anew while you read it.")))
                        .with("done", true)
                        .with("requests", List.of(rotation())));
    }

    private static Values queue() {
        return values("total", 3)
                .and("clean", 1)
                .and("planning", 1)
                .and("next", null)
                .and(
                        "filter",
                        values("text", null, "team", null, "destination", null, "kind", null, "attention", null)
                                .and("teams", List.of("billing", "payments"))
                                .and("destinations", List.of("partner", "settlement"))
                                .and(
                                        "kinds",
                                        List.of(
                                                "create-identity",
                                                "rotate-certificate",
                                                "retire-identity",
                                                "refresh",
                                                "remove-orphans"))
                                .and("narrows", false))
                .and("chips", chips("all", 1, 1, 1, 2, 1, 1))
                .and("requests", List.of(rotation(), creation(), retirement(), removal()));
    }

    private static Values approval() {
        return values("reason", "", "wrong", null, "failures", List.of(), "done", false)
                .and("requests", List.of(rotation(), creation()));
    }

    /** With what is counted of each; null where nothing was counted. */
    private static List<Values> chips(
            String chosen,
            @Nullable Integer clean,
            @Nullable Integer failed,
            int unknown,
            int warning,
            int expiring,
            int second) {
        return Stream.of(
                        values("name", "all", "count", 3, "attention", null),
                        chip("clean", clean),
                        chip("failed", failed),
                        chip("unknown", unknown),
                        chip("warning", warning),
                        chip("expiring", expiring),
                        chip("second", second))
                .map(chip -> chip.and("chosen", chosen.equals(chip.get("name"))))
                .toList();
    }

    private static Values chip(String name, @Nullable Integer count) {
        return values("name", name, "count", count, "attention", name);
    }

    private static Values rotation() {
        return row("req_1", "ledger-sync", "payments", "settlement.bank.example", "rotate-certificate")
                .with("expiry", values("daysLeft", daysLeft(6), "inUse", true))
                .with("tallies", List.of(tally("warning", 1)))
                .with("approvals", 1)
                .with("needed", 2);
    }

    private static Values creation() {
        return row("req_2", "invoicer", "billing", "api.partner.example", "create-identity")
                .with("expiry", values("daysLeft", daysLeft(364), "inUse", false))
                .with("tallies", List.of(tally("passed", 13)))
                .with("decidedAlone", null);
    }

    private static Values retirement() {
        return row("req_3", "refunds", "payments", "settlement.bank.example", "retire-identity")
                .with("identity.subject", null)
                .with("tallies", List.of(tally("failed", 2), tally("unknown", 1), tally("warning", 2)));
    }

    private static Values removal() {
        return row("req_4", "", "", "", "remove-orphans")
                .with("title", "2 orphans of cluster sandbox")
                .with("identity", null)
                .with("team", null)
                .with("tallies", List.of(tally("passed", 2)))
                .with("decidedAlone", "deletes");
    }

    private static Values row(String id, String app, String team, String host, String kind) {
        return values("id", id, "title", app + " → " + host, "kind", kind, "team", team)
                .and("identity", identity(app, host).with("namespace", team).with("subject", "CN=" + team + "." + app))
                .and("expiry", null)
                .and("since", SINCE)
                .and("tallies", List.of())
                .and("approvals", 0)
                .and("needed", 1)
                .and("decidedAlone", "checks")
                .and("ballot", id + "~" + id.replace("req", "pln"));
    }

    private static Values tally(String level, int count) {
        return values("level", level, "count", count);
    }
}
