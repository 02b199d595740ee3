package io.waypass.frontend;

import static io.waypass.frontend.Values.moment;
import static io.waypass.frontend.Values.values;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Parts that several pages show. */
final class SharedSamples {

    static final String SUBJECT = "CN=team-namespace.app1";
    static final String HOST = "my-nginx.foo.bar";
    static final Values SINCE = moment("2026-11-23T08:38:00Z", "hours", 3);

    private SharedSamples() {}

    /** The way of a call before anything is observed. */
    static Values plannedPath(String app, String subject) {
        return path(
                app,
                subject,
                List.of(
                        hop("none", null, "path.text.app"),
                        hop("none", null, "path.text.gateway", HOST, "80"),
                        hop("none", null, "path.text.synthetic"),
                        hop("none", null, "path.text.partner", subject)),
                "plain",
                "plain",
                "mtls");
    }

    static Values path(String app, String subject, List<Values> hops, String... legs) {
        return values("app", app)
                .and("detail", "ns/team-namespace/sa/" + app)
                .and("gateway", "egress-waypoint")
                .and("gatewayNamespace", "istio-egress")
                .and("synthetic", app + ".team-namespace." + HOST + ".invalid")
                .and("host", HOST)
                .and("port", 443)
                .and("listenPort", 80)
                .and("subject", subject)
                .and("ticket", subject)
                .and("hops", hops)
                .and("legs", Stream.of(legs).map(leg -> values("state", leg)).toList());
    }

    /** What a request says of the identity that it is about. */
    static Values identity(String app, String host) {
        return values("id", "idn_1", "app", app, "namespace", "team-namespace", "host", host)
                .and("subject", "CN=team-namespace." + app);
    }

    static Values hop(String state, @Nullable String type, String key, String... args) {
        return values("state", state, "type", type, "text", values("key", key, "args", List.of(args)));
    }

    /** A certificate on P-384, of a year, just issued. */
    static Values pass() {
        return values("version", 1)
                .and("subject", SUBJECT)
                .and("issuer", "CN=Foo Bar Client CA 2,O=Foo Bar")
                .and("sans", List.of("DNS:team-namespace.app1"))
                .and("key", "EC P-384")
                .and("signature", "SHA384withECDSA")
                .and("chain", List.of(SUBJECT, "CN=Foo Bar Client CA 2"))
                .and("trusts", List.of("CN=Foo Bar Server Root CA"))
                .and("serial", "4F:A3:00:7C:19")
                .and("fingerprint", fingerprint("9B"))
                .and(
                        "validity",
                        values("tone", "ok", "daysLeft", 363, "daysTotal", 365, "percent", 99)
                                .and("until", moment("2027-11-21T09:00:00Z", "days", 0))
                                .and("since", moment("2026-11-21T09:00:00Z", "days", 2)));
    }

    static String fingerprint(String first) {
        return first + ":02:6C:F1:5A:E4:77:30:C8:1D:42:0F:96:B3:EE:58:04:7C:2A:91:DF:63:B5:1E:80:A9:3D:F7:45:CA:12:6B";
    }

    static Values finding(String level, String code, String title, String found, String expected, String toDo) {
        return values("level", level)
                .and("code", code)
                .and("title", title)
                .and("found", found)
                .and("expected", expected)
                .and("toDo", toDo);
    }

    /** An entry of a timeline; what is said by no more than its name has no time. */
    static Values entry(String what, String... args) {
        return values("what", what)
                .and("args", List.of(args))
                .and("quote", null)
                .and("at", null)
                .and("took", null)
                .and("href", null);
    }

    static Values entry(Values at, String what, String... args) {
        return entry(what, args).with("at", at);
    }

    static List<Values> diff(String... lines) {
        return Stream.of(lines)
                .map(line -> values("sign", sign(line), "text", line))
                .toList();
    }

    private static String sign(String line) {
        return switch (line.charAt(0)) {
            case '+' -> "add";
            case '-' -> "del";
            case '@' -> "hunk";
            default -> "same";
        };
    }

    static Values choice(String value, String label) {
        return values("value", value, "label", label);
    }

    /** Two versions of a certificate side by side: another issuer, key and validity, and one name more. */
    static Values comparison(int older) {
        return values("older", older)
                .and("newer", older + 1)
                .and("changes", 4)
                .and(
                        "lines",
                        List.of(
                                line("subject", false, List.of("=" + SUBJECT), List.of("=" + SUBJECT)),
                                line(
                                        "issuer",
                                        true,
                                        List.of("!CN=Foo Bar Client CA 1"),
                                        List.of("!CN=Foo Bar Client CA 2")),
                                line(
                                        "sans",
                                        true,
                                        List.of("=DNS:app1"),
                                        List.of("=DNS:app1", "!DNS:app1.team-namespace.svc.cluster.local")),
                                line(
                                        "key",
                                        true,
                                        List.of("=EC P-256", "!sha256:" + "1".repeat(64)),
                                        List.of("=EC P-256", "!sha256:" + "2".repeat(64))),
                                line("chain", false, List.of(), List.of()),
                                line("ca-bundle", false, List.of("=CN=Partner Root"), List.of("=CN=Partner Root")),
                                line(
                                        "validity",
                                        true,
                                        List.of("!from 2026-01-01T00:00:00Z", "!until 2026-12-12T00:00:00Z"),
                                        List.of("!from 2026-11-21T00:00:00Z", "!until 2027-11-21T00:00:00Z"))));
    }

    private static Values line(String field, boolean differs, List<String> before, List<String> after) {
        return values("field", field, "differs", differs, "before", sides(before), "after", sides(after));
    }

    /** {@code !} before what only one side has. */
    private static List<Values> sides(List<String> texts) {
        return texts.stream()
                .map(text -> values("text", text.substring(1), "only", text.startsWith("!")))
                .toList();
    }
}
