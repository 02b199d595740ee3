package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.Viewer.MEMBER;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.SharedSamples.SUBJECT;
import static io.waypass.frontend.SharedSamples.comparison;
import static io.waypass.frontend.SharedSamples.diff;
import static io.waypass.frontend.SharedSamples.entry;
import static io.waypass.frontend.SharedSamples.finding;
import static io.waypass.frontend.SharedSamples.identity;
import static io.waypass.frontend.SharedSamples.pass;
import static io.waypass.frontend.SharedSamples.plannedPath;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Requests: the list, and one request in each of its states. */
final class RequestSamples {

    private static final Values AT = moment("2026-11-23T09:16:01Z", "minutes", 38);
    private static final String DIGEST = "sha256:9f2c41d8a0b1c2d3e4f5061728394a5b6c7d8e9fa0b1c2d3e4f5061728394a5b";
    private static final String DIGEST_SHORT = "sha256:9f2c41d8…";
    private static final String AGAIN = "/requests/new?app=app_1&destination=nginx";
    private static final Values SUBMITTED = entry(AT, "submitted", "create identity", "Team member");
    private static final Values REMOVAL_SUBMITTED = entry(AT, "submitted", "remove orphans", "Another admin");
    private static final Values APPROVED =
            entry(AT, "approved", "Platform admin").with("quote", "Looked at both.");
    private static final Values PLANNED = entry(AT, "planned", "9f2c41d8…").with("took", "1.4 s");

    private RequestSamples() {}

    static List<SamplePage> pages() {
        SamplePage member = page("request/detail").by(MEMBER).view(request());
        SamplePage admin = member.by(ADMIN).with("fromQueue", true);
        SamplePage retires = admin.with("header.kind", "retire-identity")
                .with("subject.identity.subject", null)
                .with("plan", retirementPlan().with("deletes", 4))
                .with("subject.pass", null)
                .with(
                        "timeline",
                        List.of(entry("next-admin"), PLANNED, entry(AT, "submitted", "retire identity", "Team member")))
                .with("decision.form", decision(4));
        SamplePage removal = page("request/detail").by(ADMIN).view(removal());
        SamplePage removalApproved = removal.with("header.status", "approved")
                .with("progress.moving", true)
                .with("timeline", List.of(entry("next-waypass"), APPROVED, PLANNED, REMOVAL_SUBMITTED));
        SamplePage list = page("request/list").by(MEMBER).view(list());
        return List.of(
                admin.named("request-pending-admin")
                        .with(
                                "plan.anew",
                                values("number", 2, "cause", "ServiceAccount team-namespace/app1 has changed."))
                        .with("policies", policies())
                        .with("decision.approvals", values("given", 1, "needed", 2))
                        .with("timeline", plannedAnew())
                        .with("decision.form", decision(0)),
                admin.named("request-pending-own-team")
                        .with("decision.barred", "own-team")
                        .with("decision.withdrawal", values("reason", "", "wrong", "Say why: the history keeps it.")),
                admin.named("request-pending-wrong")
                        .with(
                                "decision.form",
                                decision(0).with("verdict", "approved").with("wrong", "Say why: the team reads it.")),
                admin.named("request-pending-rotation")
                        .with("header.kind", "rotate-certificate")
                        .with("subject.comparison", comparison(1))
                        .with("decision.form", decision(0)),
                member.named("request-planning")
                        .with("header.status", "planning")
                        .with("progress.moving", true)
                        .with(
                                "progress.waiting",
                                "The cluster’s API server does not answer: connect timed out. Tried 3 times,"
                                        + " next try in 8 s.")
                        .with("subject.findings", List.of())
                        .with("plan", null)
                        .with(
                                "timeline",
                                List.of(
                                        entry("next-waypass"),
                                        entry(AT, "waiting").with("quote", "connect timed out"),
                                        SUBMITTED))
                        .with("decision.withdrawal", values("reason", "", "wrong", null)),
                member.named("request-invalid")
                        .with("header.status", "invalid")
                        .with("progress.again", AGAIN)
                        .with(
                                "progress.message",
                                "Secret team-namespace/app1-client-mtls-secret exists and is not managed by Waypass."
                                        + " Remove it, or ask its owner; Waypass takes over nothing silently.")
                        .with("timeline", List.of(entry("next-team"), entry(AT, "plan-invalid"))),
                member.named("request-rejected")
                        .with("header.status", "rejected")
                        .with("progress.again", AGAIN),
                member.named("request-withdrawn")
                        .with("header.status", "withdrawn")
                        .with("progress.again", AGAIN),
                member.named("request-superseded").with("header.status", "superseded"),
                member.named("request-approved")
                        .with("header.status", "approved")
                        .with("progress.moving", true),
                member.named("request-applying")
                        .with("header.status", "applying")
                        .with("progress.moving", true),
                member.named("request-failed").with("header.status", "failed"),
                member.named("request-applied").with("header.status", "applied").with("timeline", everythingHappened()),
                retires.named("request-retire"),
                retires.named("request-retired")
                        .with("header.status", "applied")
                        .with("subject.identity.subject", SUBJECT)
                        .with("plan.deletes", 0)
                        .with(
                                "timeline",
                                List.of(
                                        entry("retired"),
                                        PLANNED,
                                        entry(AT, "submitted", "retire identity", "Team member")))
                        .with("decision.form", null),
                removal.named("request-removal-planning")
                        .with("header.status", "planning")
                        .with("progress.moving", true)
                        .with("plan", null)
                        .with("timeline", List.of(entry("next-waypass"), REMOVAL_SUBMITTED)),
                removal.named("request-removal-pending")
                        .with("fromQueue", true)
                        .with("subject.objects", List.of(orphan(0, "orphan"), orphan(1, "claimed")))
                        .with("plan.deletes", 1)
                        .with("decision.form", decision(1)),
                removal.named("request-removal-own")
                        .with("decision.barred", "own-request")
                        .with("decision.withdrawal", values("reason", "", "wrong", null)),
                removalApproved.named("request-removal-approved"),
                removalApproved
                        .named("request-removal-applying")
                        .with("header.status", "applying")
                        .with("subject.objects", List.of(orphan(0, "deleted"), orphan(1, "orphan")))
                        .with("plan.deletes", 1)
                        .with("timeline", List.of(entry("next-waypass"), entry(AT, "removing"), APPROVED)),
                removalApproved
                        .named("request-removal-failed")
                        .with("header.status", "failed")
                        .with("progress.message", "403 Forbidden: serviceentries is forbidden")
                        .with("subject.objects", List.of(orphan(0, "deleted"), orphan(1, "orphan")))
                        .with("subject.deleted", 1)
                        .with("plan.deletes", 1),
                removal.named("request-removal-applied")
                        .with("header.status", "applied")
                        .with(
                                "subject.objects",
                                List.of(
                                        orphan(0, "deleted"),
                                        orphan(1, "gone"),
                                        orphan(2, "kept").with("message", "It belongs to idn_4fTqW2 by now.")))
                        .with("subject.deleted", 1)
                        .with("plan.deletes", 0)
                        .with(
                                "timeline",
                                List.of(
                                        entry(AT, "removed").with("took", "64 ms"),
                                        APPROVED,
                                        PLANNED,
                                        REMOVAL_SUBMITTED)),
                removal.named("request-removal-invalid")
                        .with("header.status", "invalid")
                        .with("progress.message", "Nothing on the list is an orphan any more.")
                        .with("progress.again", "/orphans?cluster=sandbox")
                        .with("plan.deletes", 0),
                removal.named("request-removal-rejected")
                        .with("header.status", "rejected")
                        .with("progress.again", "/orphans?cluster=sandbox")
                        .with("plan.deletes", 0),
                removal.named("request-removal-withdrawn")
                        .with("header.status", "withdrawn")
                        .with("progress.again", "/orphans?cluster=sandbox")
                        .with("plan.deletes", 0),
                list.named("request-list"),
                list.named("request-list-empty")
                        .with("statuses", List.of("pending", "failed"))
                        .with("requests", List.of()),
                list.named("request-list-filtered")
                        .by(ADMIN)
                        .with("mayAsk", false)
                        .with("status", "failed")
                        .with("statuses", List.of("pending", "failed"))
                        .with("requests", List.of()));
    }

    /** A planned request that nobody may decide on here. */
    private static Values request() {
        return values("id", "req_8Kf2mQ")
                .and("fromQueue", false)
                .and("header", header())
                .and(
                        "progress",
                        values("message", null, "waiting", null, "moving", false)
                                .and("seen", "pending-1")
                                .and("again", null))
                .and(
                        "subject",
                        subject("request/identity", "decision", true)
                                .and("identity", identity("app1", HOST))
                                .and("path", plannedPath("app1", SUBJECT))
                                .and("findings", List.of(curve()))
                                .and("comparison", null)
                                .and("pass", pass()))
                .and("plan", plan())
                .and("policies", List.of())
                .and("decision", values("form", null, "barred", null, "approvals", null, "withdrawal", null))
                .and("timeline", List.of(entry("next-admin"), PLANNED, entry(AT, "sealed"), SUBMITTED));
    }

    /** A planned removal of orphans that nobody may decide on here. */
    private static Values removal() {
        return request()
                .with("header.title", "2 orphans of cluster sandbox")
                .with("header.kind", "remove-orphans")
                .with("header.team", null)
                .with("header.reason", "Left over from the retired ledger.")
                .with("header.requestedBy", "Another admin")
                .with(
                        "subject",
                        subject("request/orphans", "decision.removal", false)
                                .and("cluster", "sandbox")
                                .and("deleted", 0)
                                .and("objects", List.of(orphan(0, "orphan"), orphan(1, "orphan"))))
                .with(
                        "plan",
                        plan(
                                        List.of(count("delete", 2)),
                                        object(1, "delete", "ServiceEntry", "ledger-old-0", "-kind: ServiceEntry"),
                                        object(2, "delete", "ServiceEntry", "ledger-old-1", "-kind: ServiceEntry"))
                                .with("deletes", 2)
                                .with("checks.failed", List.of())
                                .with("checks.unknown", List.of())
                                .with("checks.warning", List.of())
                                .with(
                                        "checks.passed",
                                        List.of(check(
                                                "passed",
                                                "orphans.unclaimed",
                                                "Every object of the list is there and belongs to nothing",
                                                ""))))
                .with("timeline", List.of(entry("next-admin"), PLANNED, REMOVAL_SUBMITTED));
    }

    private static Values subject(String template, String decision, boolean unfoldsDeletes) {
        return values("template", template, "decision", decision, "unfoldsDeletes", unfoldsDeletes);
    }

    private static Values orphan(int number, String state) {
        return values("kind", "ServiceEntry", "namespace", "payments", "name", "ledger-old-" + number)
                .and("uid", "5a1e9d0c-70a4-4c0e-9d5c-7a1f0a3c1b1" + number)
                .and("state", state)
                .and("message", null);
    }

    private static Values header() {
        return values("title", "app1 → " + HOST)
                .and("kind", "create-identity")
                .and("status", "pending")
                .and("team", "payments")
                .and(
                        "reason",
                        "Order status from app1 to the partner’s nginx, agreed in their onboarding of 18 November.")
                .and("requestedBy", "Team member")
                .and("requestedAt", AT);
    }

    private static Values curve() {
        return finding(
                "warning",
                "key.curve",
                "The key uses curve P-384",
                "EC P-384.",
                "P-256, or a mesh whose tlsDefaults.ecdhCurves lists P-384.",
                "Fine over TLS 1.3. Over TLS 1.2 the handshake fails with “wrong curve” otherwise.");
    }

    private static Values decision(int deletes) {
        return values("plan", "pln_1")
                .and("digest", DIGEST)
                .and("digestShort", DIGEST_SHORT)
                .and("deletes", deletes)
                .and("verdict", null)
                .and("reason", "")
                .and("wrong", null);
    }

    private static Values checks() {
        return values(
                        "failed",
                        List.of(check(
                                "failed",
                                "gateway.replicas",
                                "Deployment egress-waypoint in istio-egress has 1 replica available. A restart"
                                        + " interrupts every partner call.",
                                "Mend it.")))
                .and(
                        "unknown",
                        List.of(check(
                                "unknown",
                                "mesh.cross-namespace",
                                "The applier may not read Deployment istiod in istio-system, so it cannot see whether"
                                        + " the gateway may read secrets of other namespaces.",
                                "Mend it.")))
                .and("warning", List.of(check("warning", "key.curve", "The key uses curve P-384.", "Mend it.")))
                .and(
                        "passed",
                        List.of(
                                check("passed", "namespace.exists", "Namespace team-namespace exists", ""),
                                check("passed", "service-account.exists", "Service account app1 exists", ""),
                                check("passed", "gateway.programmed", "Gateway egress-waypoint is programmed", "")));
    }

    private static Values check(String level, String code, String message, String toDo) {
        return values("code", code, "level", level, "message", message, "toDo", toDo);
    }

    private static Values plan() {
        return plan(
                List.of(count("create", 4), count("update", 1)),
                object(
                        1,
                        "create",
                        "Secret",
                        "app1-client-mtls-secret",
                        "+apiVersion: v1",
                        "+kind: Secret",
                        "+metadata:",
                        "+  name: app1-client-mtls-secret"),
                object(2, "create", "ServiceEntry", "app1-nginx-mesh-external-se", "+kind: ServiceEntry")
                        .with("added", 16),
                object(3, "unchanged", "DestinationRule", "app1-nginx-mesh-external-dr"),
                object(
                        4,
                        "update",
                        "HTTPRoute",
                        "app1-nginx-httproute",
                        "@@ -1,3 +1,3 @@",
                        " metadata:",
                        "-  waypass.io/revision: \"41\"",
                        "+  waypass.io/revision: \"42\""),
                object(5, "conflict", "AuthorizationPolicy", "app1-nginx").with("namespace", "istio-egress"));
    }

    private static Values retirementPlan() {
        return plan(
                List.of(count("unchanged", 1), count("delete", 4)),
                object(
                        1,
                        "delete",
                        "HTTPRoute",
                        "app1-nginx-httproute",
                        "@@ -1,2 +0,0 @@",
                        "-apiVersion: gateway.networking.k8s.io/v1",
                        "-kind: HTTPRoute"),
                object(2, "delete", "DestinationRule", "app1-nginx-mesh-external-dr", "-kind: DestinationRule"),
                object(3, "delete", "ServiceEntry", "app1-nginx-mesh-external-se", "-kind: ServiceEntry"),
                object(4, "delete", "Secret", "app1-client-mtls-secret", "-kind: Secret"),
                object(5, "unchanged", "AuthorizationPolicy", "nginx-deny-without-identity")
                        .with("namespace", "istio-egress"));
    }

    private static Values plan(List<Values> counts, Values... objects) {
        return values("digest", DIGEST)
                .and("digestShort", DIGEST_SHORT)
                .and("at", AT)
                .and("counts", counts)
                .and("objects", List.of(objects))
                .and("checks", checks())
                .and("anew", null)
                .and("deletes", 0);
    }

    private static Values count(String action, int count) {
        return values("action", action, "count", count);
    }

    private static Values object(int number, String action, String kind, String name, String... lines) {
        List<Values> diff = diff(lines);
        return values("action", action)
                .and("kind", kind)
                .and("namespace", "team-namespace")
                .and("name", name)
                .and(
                        "added",
                        Collections.frequency(
                                diff.stream().map(line -> line.get("sign")).toList(), "add"))
                .and(
                        "removed",
                        Collections.frequency(
                                diff.stream().map(line -> line.get("sign")).toList(), "del"))
                .and("yaml", "/requests/req_8Kf2mQ/plan/" + number + ".yaml")
                .and("lines", diff);
    }

    private static List<Values> policies() {
        return List.of(
                policy("certificate-lifetime", 1, "deny", "holds-not", 0, ""),
                policy("partners-abroad", 3, "require-approvals", "holds", 2, ""),
                policy("own-rule", 2, "approve", "no-decision", 0, "evaluation error at <input>:1: / by zero"),
                policy("small-team", 1, "allow-own-team", "holds", 0, ""),
                policy("renewals", 1, "approve", "holds", 0, ""));
    }

    private static Values policy(
            String name, int version, String effect, String outcome, int approvals, String message) {
        return values("name", name)
                .and("version", version)
                .and("effect", effect)
                .and("outcome", outcome)
                .and("approvals", approvals)
                .and("message", message);
    }

    private static List<Values> plannedAnew() {
        return List.of(
                entry("next-admin-more", "1", "2"),
                entry(AT, "planned-anew", "9f2c41d8…").with("took", "1.4 s"),
                entry(AT, "approved-earlier", "Platform admin").with("quote", "Looks right"),
                entry(AT, "sealed"),
                SUBMITTED);
    }

    private static List<Values> everythingHappened() {
        return List.of(
                entry(AT, "applied").with("took", "64 ms"),
                entry(AT, "approved", "Platform admin").with("quote", "Onboarding checked with the partner."),
                entry(AT, "failed").with("quote", "quota"),
                entry(AT, "applying"),
                entry(AT, "replanned"),
                entry(AT, "rejected", "x"),
                entry(AT, "withdrawn", "x"),
                entry(AT, "superseded"));
    }

    private static Values list() {
        return values("mayAsk", true)
                .and("status", null)
                .and(
                        "statuses",
                        List.of(
                                "planning",
                                "invalid",
                                "pending",
                                "rejected",
                                "withdrawn",
                                "approved",
                                "applying",
                                "applied",
                                "failed",
                                "superseded"))
                .and("next", null)
                .and(
                        "requests",
                        List.of(
                                row("req_1", "app1", "create-identity", "pending", "admin", null)
                                        .with("identity.host", HOST),
                                row("req_2", "app3", "rotate-certificate", "planning", "waypass", null),
                                row("req_6", "app3", "refresh", "superseded", "nobody", null),
                                row("req_7", "app3", "create-identity", "withdrawn", "nobody", null),
                                row(
                                        "req_8",
                                        "app3",
                                        "create-identity",
                                        "failed",
                                        "waypass",
                                        "The API server does not answer"),
                                row("req_9", "app3", "create-identity", "approved", "waypass", null),
                                removal("req_10", "2 orphans of cluster sandbox", "pending", "admin")));
    }

    /** A removal of orphans in a list. */
    static Values removal(String id, String title, String status, String next) {
        return row(id, "", "remove-orphans", status, next, null)
                .with("title", title)
                .with("identity", null)
                .with("team", null);
    }

    static Values row(String id, String app, String kind, String status, String next, @Nullable String note) {
        return values("id", id)
                .and("title", app + " → api.partner.example")
                .and("identity", identity(app, "api.partner.example"))
                .and("kind", kind)
                .and("team", "payments")
                .and("status", status)
                .and("next", next)
                .and("note", note)
                .and("since", moment("2026-11-23T08:38:00Z", "minutes", 38));
    }
}
