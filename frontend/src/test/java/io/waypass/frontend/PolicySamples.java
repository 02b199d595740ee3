package io.waypass.frontend;

import static io.waypass.frontend.SamplePage.Viewer.ADMIN;
import static io.waypass.frontend.SamplePage.page;
import static io.waypass.frontend.SharedSamples.HOST;
import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Policies: the list, and one policy with its versions and its trial. */
final class PolicySamples {

    /** What the policy form binds to; the portal's own has the same components. */
    public record PolicyForm(
            String name, String description, String effect, String approvals, String message, String expression) {}

    private static final String DESCRIPTION = "Denies certificates that live longer than 398 days.";

    private PolicySamples() {}

    static List<SamplePage> pages() {
        SamplePage list = page("policy/list")
                .by(ADMIN)
                .view(values(
                        "switchedOn",
                        1,
                        "policies",
                        List.of(
                                row("certificate-lifetime", DESCRIPTION, "deny", 0, 1)
                                        .with("active", 1),
                                row(
                                        "partners-abroad",
                                        "Two people look at partners abroad.",
                                        "require-approvals",
                                        2,
                                        3),
                                row(
                                        "same-identity-renewal",
                                        "Approves a rotation that keeps subject and names.",
                                        "approve",
                                        0,
                                        1))));
        SamplePage blank = page("policy/detail").by(ADMIN).view(detail()).form(new PolicyForm("", "", "", "", "", ""));
        return List.of(
                list.named("policy-list"),
                list.named("policy-list-off")
                        .with("switchedOn", 0)
                        .with(
                                "policies",
                                List.of(row("small-team", "Lets a small team decide.", "allow-own-team", 0, 1))),
                blank.named("policy-new"),
                blank.named("policy-refused")
                        .with("name", "rsa")
                        .with("trial", trial(1, 0, 0))
                        .form(new PolicyForm("rsa", "RSA keys", "deny", "", "", "certificate.keybits < 3072"))
                        .error("message", "Say what the team has to do instead; it reads this as the reason.")
                        .error("expression", "Line 1, column 12: undefined field 'keybits'.")
                        .error("effect", "Choose what the policy does."),
                blank.named("policy")
                        .with("name", "certificate-lifetime")
                        .with("active", 1)
                        .with("editing", false)
                        .with(
                                "trial",
                                trial(2, 40, 2)
                                        .with("same", 1)
                                        .with("hits", List.of(hit(1, "approved", ""), hit(2, null, "")))
                                        .with(
                                                "noDecision",
                                                List.of(hit(3, "rejected", "key 'subject' is not present in map."))))
                        .with(
                                "versions",
                                List.of(
                                        version(
                                                        2,
                                                        "Denies what lives longer than a year.",
                                                        "Have one issued that lives a year.",
                                                        "certificate.lifetimeDays > 365")
                                                .with("createdBy", "Platform admin"),
                                        version(
                                                        1,
                                                        DESCRIPTION,
                                                        "Have one issued that lives at most 398 days.",
                                                        "certificate.lifetimeDays > 398")
                                                .with("active", true)))
                        .form(new PolicyForm("certificate-lifetime", "", "", "", "", "")));
    }

    private static Values row(String name, String description, String effect, int approvals, int latest) {
        return values("name", name, "description", description, "effect", effect, "approvals", approvals)
                .and("latest", latest)
                .and("active", null);
    }

    private static Values detail() {
        return values("name", null, "active", null, "editing", true, "trial", null, "versions", List.of())
                .and("effects", List.of("approve", "require-approvals", "deny", "allow-own-team"))
                .and(
                        "names",
                        List.of(
                                values("name", "request", "type", "Request", "meaning", "what is asked for"),
                                values("name", "certificate.lifetimeDays", "type", "int")
                                        .and("meaning", "days from beginning to end of its validity")));
    }

    private static Values trial(int version, int tried, int holds) {
        return values("version", version, "tried", tried, "holds", holds, "same", 0)
                .and("hits", List.of())
                .and("noDecision", List.of());
    }

    private static Values hit(int number, @Nullable String decided, String why) {
        return values("id", "req_" + number, "title", "app" + number + " → " + HOST, "decided", decided, "why", why);
    }

    private static Values version(int version, String description, String message, String expression) {
        return values("version", version, "description", description, "effect", "deny", "approvals", 0)
                .and("message", message)
                .and("expression", expression)
                .and("createdBy", null)
                .and("createdAt", moment("2026-11-23T09:16:01Z", "minutes", 38))
                .and("active", false);
    }
}
