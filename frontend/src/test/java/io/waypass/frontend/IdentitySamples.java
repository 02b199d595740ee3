package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.Viewer.MEMBER;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.SharedSamples.SUBJECT;
import static io.waypass.frontend.SharedSamples.comparison;
import static io.waypass.frontend.SharedSamples.diff;
import static io.waypass.frontend.SharedSamples.entry;
import static io.waypass.frontend.SharedSamples.fingerprint;
import static io.waypass.frontend.SharedSamples.hop;
import static io.waypass.frontend.SharedSamples.pass;
import static io.waypass.frontend.SharedSamples.path;
import static io.waypass.frontend.Values.daysLeft;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Identities: the list, one identity in each of its states, its certificates, retiring and refreshing it. */
final class IdentitySamples {

    /** What the forms bind to that retire or refresh an identity; the portal's own has the same components. */
    public record ChangeForm(String reason, boolean confirmed) {}

    private static final Values AT = moment("2026-11-23T09:16:01Z", "minutes", 6);

    private IdentitySamples() {}

    static List<SamplePage> pages() {
        SamplePage inOrder = page("identity/detail").by(MEMBER).view(inOrder("app1"));
        SamplePage unknown = inOrder.with("header.state", "unknown");
        SamplePage nothing = page("identity/detail").by(ADMIN).view(nothing());
        SamplePage retired = nothing.with("header.state", "retired")
                .with("header.retiredAt", AT)
                .with("observed.path", null);
        SamplePage list = page("identity/list").by(MEMBER).view(list());
        SamplePage change =
                page("identity/retirement").by(MEMBER).view(change()).form(new ChangeForm("", false));
        return List.of(
                inOrder.named("identity-in-order"),
                inOrder.named("identity-retiring")
                        .with("header.state", "retiring")
                        .with("actions.rotate", null)
                        .with("actions.mayRetire", false)
                        .with("actions.mayRefresh", false),
                unknown.named("identity-unwatched").with("observed.unwatched", unwatched(AT, null)),
                unknown.named("identity-never-watched").with("observed.unwatched", unwatched(null, null)),
                unknown.named("identity-partly-unwatched")
                        .with(
                                "observed.unwatched",
                                unwatched(
                                        null,
                                        "The applier may not watch DestinationRules:"
                                                + " “destinationrules.networking.istio.io is forbidden: User"
                                                + " \"system:serviceaccount:waypass:applier\" cannot list resource"
                                                + " \"destinationrules\" in API group \"networking.istio.io\" at the"
                                                + " cluster scope”.")),
                page("identity/detail").by(MEMBER).view(broken()).named("identity-broken"),
                nothing.named("identity-proposed"),
                retired.named("identity-retired"),
                retired.named("identity-retired-shared")
                        .with(
                                "objects",
                                List.of(object("AuthorizationPolicy", "nginx-deny-without-identity", "as-approved")
                                        .with("namespace", "istio-egress"))),
                list.named("identity-list"),
                list.named("identity-list-empty")
                        .by(ADMIN)
                        .with("mayAsk", false)
                        .with("identities", List.of()),
                list.named("identity-list-retired")
                        .by(ADMIN)
                        .with("mayAsk", false)
                        .with("retired", true)
                        .with("identities", List.of()),
                page("identity/certificates").by(MEMBER).view(certificates()).named("identity-certificates"),
                page("identity/certificates")
                        .by(MEMBER)
                        .view(certificates())
                        .named("identity-certificates-one")
                        .with("versions", List.of(version(1, "planning", "CD:02")))
                        .with("comparison", null)
                        .with("seen", null)
                        .with("command", null),
                change.named("identity-retirement"),
                change.named("identity-retirement-refused")
                        .error("reason", "Say why.")
                        .error("confirmed", "Confirm that calls may stop working."),
                page("identity/refresh")
                        .by(MEMBER)
                        .view(change())
                        .form(new ChangeForm("", false))
                        .named("identity-refresh"));
    }

    /** Approved, applied, and seen as approved. */
    private static Values inOrder(String app) {
        String subject = "CN=team-namespace." + app;
        return values("id", "idn_2")
                .and("header", header(app, subject))
                .and(
                        "actions",
                        values("request", "req_2", "mayRetire", true, "mayRefresh", true)
                                .and("rotate", values("app", "app_1", "destination", "nginx")))
                .and("observed", observed(app, subject))
                .and(
                        "pass",
                        pass().with("version", 3)
                                .with("subject", subject)
                                .with("sans", List.of())
                                .with("key", "EC P-256")
                                .with("signature", "SHA256withECDSA")
                                .with("chain", List.of(subject))
                                .with("serial", "4F:A3")
                                .with(
                                        "fingerprint",
                                        "5E:7F:21:90:0B:AA:C4:6D:13:F8:77:E2:9C:35:D0:4B:61:0A:BE:82:F9:57:3C:18:A6:DD"
                                                + ":04:E1:70:2B:C9:38")
                                .with("validity.until", moment("2026-12-04T09:00:00Z", "days", 11))
                                .with("validity.since", moment("2025-12-04T09:00:00Z", "days", 354)))
                .and(
                        "objects",
                        List.of(
                                object("HTTPRoute", app + "-nginx-httproute", "as-approved"),
                                object("Secret", app + "-client-mtls-secret", "as-approved"),
                                object("ServiceEntry", app + "-nginx-mesh-external-se", "as-approved"),
                                object("DestinationRule", app + "-nginx-mesh-external-dr", "as-approved")))
                .and(
                        "events",
                        values(
                                "rows",
                                List.of(
                                        event(
                                                        "restored",
                                                        "HTTPRoute",
                                                        app + "-nginx-httproute",
                                                        "kubectl-edit",
                                                        3,
                                                        null)
                                                .with(
                                                        "lines",
                                                        diff("@@ -1,3 +1,3 @@", "-  port: 443", "+  port: 8443")),
                                        event(
                                                "removed",
                                                "Secret",
                                                "app1-old",
                                                null,
                                                1,
                                                "It was left over from an earlier revision.")),
                                "next",
                                "2s"))
                .and(
                        "timeline",
                        List.of(
                                entry("next-waypass"),
                                entry(AT, "failed")
                                        .with("quote", "exceeded quota: httproutes, requested 1, used 20, limited 20")
                                        .with("took", "22 ms"),
                                entry(AT, "submitted", "create identity", "Team member")
                                        .with("quote", "Order status")
                                        .with("href", "/requests/req_2")))
                .and(
                        "command",
                        "kubectl exec -n team-namespace \\\n  deployments/" + app
                                + " -- \\\n  curl -s \\\n  http://my-nginx.foo.bar/subject");
    }

    private static Values header(String app, String subject) {
        return values("app", app, "namespace", "team-namespace", "host", HOST, "team", "payments")
                .and("subject", subject)
                .and("state", "in-order")
                .and("appliedRevision", 3)
                .and("appliedAt", AT)
                .and("retiredAt", null);
    }

    private static Values observed(String app, String subject) {
        String all = "All 4 objects are as they were approved.";
        return values("at", AT, "reportOnly", false, "unwatched", null, "troubles", List.of())
                .and("ready", ready("True", "As far as everything that is watched can tell, a call gets through."))
                .and(
                        "conditions",
                        List.of(
                                condition("Applied", "True", "AsApproved", all),
                                condition("InSync", "True", "AsApproved", all),
                                condition("RouteResolved", "True", "AsApproved", all),
                                bound()))
                .and("summary", "4 of 5 objects are as approved.")
                .and(
                        "path",
                        path(
                                app,
                                subject,
                                List.of(
                                        hop("none", null, "path.text.app"),
                                        hop("ok", "WaypointBound", "path.text.gateway", HOST, "80"),
                                        hop("ok", "RouteAccepted", "path.text.synthetic"),
                                        hop("ok", "CertificateValid", "path.text.partner", subject)),
                                "plain",
                                "plain",
                                "mtls"));
    }

    private static Values broken() {
        String subject = "CN=team-namespace.app2";
        String missing = "HTTPRoute team-namespace/app2-nginx-httproute is missing.";
        return inOrder("app2")
                .with("header.state", "broken")
                .with("observed.reportOnly", true)
                .with("observed.ready", ready("False", ""))
                .with(
                        "observed.troubles",
                        List.of(values("type", "RouteAccepted")
                                .and("status", "False")
                                .and("reason", "NotFound")
                                .and(
                                        "message",
                                        "HTTPRoute app2-nginx-httproute was deleted. Writing it again is refused:"
                                                + " exceeded quota: httproutes, used 20, limited 20.")))
                .with(
                        "observed.conditions",
                        List.of(
                                condition("Applied", "False", "Missing", missing),
                                condition("InSync", "False", "Missing", missing),
                                condition(
                                        "RouteResolved",
                                        "Unknown",
                                        "NotReported",
                                        "No controller has said anything about it yet."),
                                bound()))
                .with(
                        "observed.path",
                        path(
                                "app2",
                                subject,
                                List.of(
                                        hop("none", null, "path.text.app"),
                                        hop("ok", "WaypointBound", "path.text.gateway", HOST, "80"),
                                        hop("bad", "RouteAccepted", "path.text.synthetic"),
                                        hop("unknown", "CertificateValid", "path.text.partner", subject)),
                                "plain",
                                "bad",
                                "unknown"))
                .with("pass.validity.tone", "warn")
                .with("pass.validity.daysLeft", 11)
                .with("pass.validity.percent", 3)
                .with(
                        "objects",
                        List.of(
                                object("HTTPRoute", "app2-nginx-httproute", "missing"),
                                object("Secret", "app2-client-mtls-secret", "as-approved"),
                                object("ServiceEntry", "app2-nginx-mesh-external-se", "differs"),
                                object("DestinationRule", "app2-nginx-mesh-external-dr", "unknown")))
                .with(
                        "events.rows",
                        List.of(
                                event(
                                        "contested",
                                        "HTTPRoute",
                                        "app2-nginx-httproute",
                                        "argocd",
                                        12,
                                        "It was deleted."),
                                event("reported", "HTTPRoute", "app2-nginx-httproute", "argocd", 1, "It was deleted."),
                                event(
                                        "not-restored",
                                        "DestinationRule",
                                        "app2-nginx-mesh-external-dr",
                                        null,
                                        1,
                                        "It was deleted, and the admission webhook does not answer."),
                                event(
                                        "closed",
                                        "AuthorizationPolicy",
                                        "app2-nginx-allow",
                                        null,
                                        1,
                                        "It was taken away."),
                                event(
                                        "opened",
                                        "AuthorizationPolicy",
                                        "app2-nginx-allow",
                                        null,
                                        1,
                                        "It is there again.")))
                .with("events.next", null);
    }

    /** Nothing of it was approved yet. */
    private static Values nothing() {
        return inOrder("app2")
                .with("header.subject", null)
                .with("header.state", "proposed")
                .with("header.appliedRevision", null)
                .with("header.appliedAt", null)
                .with("observed.at", null)
                .with("actions.request", null)
                .with("actions.rotate", null)
                .with("actions.mayRetire", false)
                .with("actions.mayRefresh", false)
                .with("observed.ready", null)
                .with("observed.conditions", List.of())
                .with("observed.summary", null)
                .with(
                        "observed.path",
                        path(
                                        "app2",
                                        "",
                                        List.of(
                                                hop("none", null, "path.text.app"),
                                                hop("none", null, "path.text.gateway", HOST, "80"),
                                                hop("none", null, "path.text.synthetic"),
                                                hop("none", null, "path.text.partner.nothing")),
                                        "unknown",
                                        "unknown",
                                        "unknown")
                                .with("synthetic", "app2.x.invalid"))
                .with("pass", null)
                .with("objects", List.of())
                .with("events.rows", List.of())
                .with("events.next", null)
                .with("timeline", List.of())
                .with("command", null);
    }

    private static Values ready(String status, String message) {
        return values("status", status).and("message", message).and("since", AT);
    }

    private static Values condition(String type, String status, String reason, String message) {
        return values("type", type)
                .and("status", status)
                .and("reason", reason)
                .and("message", message)
                .and("since", AT)
                .and("beside", true);
    }

    private static Values bound() {
        return condition("WaypointBound", "True", "Bound", "The shared ServiceEntry is bound to the waypoint.")
                .with("beside", false);
    }

    private static Values object(String kind, String name, String state) {
        return values("kind", kind)
                .and("namespace", "team-namespace")
                .and("name", name)
                .and("state", state)
                .and("observedAt", AT);
    }

    private static Values event(
            String type, String kind, String name, @Nullable String manager, int count, @Nullable String sentence) {
        return values("type", type)
                .and("kind", kind)
                .and("namespace", "team-namespace")
                .and("name", name)
                .and("manager", manager)
                .and("count", count)
                .and("first", AT)
                .and("last", AT)
                .and("lines", List.of())
                .and("sentence", sentence);
    }

    static Values unwatched(@Nullable Values since, @Nullable String reason) {
        return values("cluster", "sandbox", "since", since, "reason", reason);
    }

    private static Values list() {
        return values("mayAsk", true)
                .and("retired", false)
                .and("next", null)
                .and(
                        "identities",
                        List.of(
                                row(1, "in-order", daysLeft(363)),
                                row(2, "broken", daysLeft(11)),
                                row(3, "proposed", daysLeft(0)),
                                row(4, "unknown", daysLeft(-1)),
                                row(5, "applying", null)));
    }

    private static Values row(int number, String state, @Nullable Values daysLeft) {
        return values("id", "idn_" + number)
                .and("app", "app" + number)
                .and("namespace", "team-namespace")
                .and("host", HOST)
                .and("state", state)
                .and("subject", "CN=team-namespace.app" + number)
                .and("team", "payments")
                .and("daysLeft", daysLeft);
    }

    private static Values certificates() {
        return values("id", "idn_1")
                .and("app", "app1")
                .and("namespace", "team-namespace")
                .and("host", HOST)
                .and(
                        "versions",
                        List.of(
                                version(3, "pending", fingerprint("9B")),
                                version(2, "applied", fingerprint("AB"))
                                        .with("desired", true)
                                        .with("applied", true),
                                version(1, "applied", fingerprint("CD"))))
                .and("comparison", comparison(2))
                .and(
                        "seen",
                        values("at", moment("2027-11-21T09:00:00Z", "days", 3))
                                .and("expected", false)
                                .and(
                                        "entries",
                                        List.of(
                                                secretEntry(
                                                        "tls.crt", "sha256:aaaa" + "1".repeat(56) + "aaaa", 2, true),
                                                secretEntry(
                                                        "tls.key", "sha256:bbbb" + "1".repeat(56) + "bbbb", 1, false),
                                                secretEntry("ca.crt", "missing", 0, false))))
                .and("command", "kubectl get secret -n team-namespace app1-client-mtls-secret");
    }

    private static Values version(int version, String status, String fingerprint) {
        return values("version", version)
                .and("subject", SUBJECT)
                .and("status", status)
                .and("desired", false)
                .and("applied", false)
                .and("request", "req_" + version)
                .and("uploaded", moment("2027-11-21T09:00:00Z", "days", 3))
                .and("until", moment("2027-11-21T09:00:00Z", "days", 3))
                .and("fingerprint", fingerprint);
    }

    private static Values secretEntry(String name, String fingerprint, int version, boolean expected) {
        return values("name", name, "fingerprint", fingerprint, "version", version, "expected", expected);
    }

    private static Values change() {
        return values("id", "idn_1")
                .and("app", "app1")
                .and("namespace", "team-namespace")
                .and("host", HOST)
                .and("subject", SUBJECT)
                .and(
                        "objects",
                        List.of(
                                object("Secret", "app1-client-mtls-secret", "as-approved"),
                                object("HTTPRoute", "app1-nginx-httproute", "as-approved")));
    }
}
