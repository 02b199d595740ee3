package io.waypass.applier.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.waypass.plan.CheckCode;
import io.waypass.plan.PlanCheck;
import java.util.ArrayList;
import java.util.List;

/** Checks rendered objects against limits of the API server, Istio and the Gateway API. */
final class ManifestChecks {

    private static final int MAX_NAME = 63;
    private static final int MAX_HOST = 253;
    private static final int MAX_RULES = 16;
    private static final int MAX_MATCHES = 64;
    private static final int MAX_HEADERS = 16;
    private static final int MAX_HEADER_VALUE = 4096;
    private static final int MAX_PARENTS = 32;

    private ManifestChecks() {}

    static List<PlanCheck> of(List<? extends JsonNode> objects) {
        List<String> names = new ArrayList<>();
        List<String> limits = new ArrayList<>();
        int longest = 0;
        int longestHost = 0;
        for (JsonNode object : objects) {
            String kind = object.path("kind").asText();
            String name = object.at("/metadata/name").asText();
            longest = Math.max(longest, name.length());
            atMost(names, "the name of the " + kind, name.length(), MAX_NAME);
            if (kind.equals("ServiceEntry")) {
                for (JsonNode host : object.at("/spec/hosts")) {
                    longestHost = Math.max(longestHost, host.asText().length());
                    atMost(names, "the synthetic host", host.asText().length(), MAX_HOST);
                }
            }
            if (kind.equals("HTTPRoute")) {
                route(object, limits);
            }
        }
        return List.of(
                names.isEmpty()
                        ? CheckCode.NAMES_FIT.passed("Names have at most " + longest + " characters (of " + MAX_NAME
                                + "), the synthetic host " + longestHost + " (of " + MAX_HOST + ").")
                        : CheckCode.NAMES_FIT.failed(
                                "Too long: " + String.join(", ", names) + ".",
                                "Register the app under a shorter name."),
                limits.isEmpty()
                        ? CheckCode.ROUTE_LIMITS.passed("The HTTPRoute keeps within the Gateway API's limits.")
                        : CheckCode.ROUTE_LIMITS.failed(
                                "The HTTPRoute is beyond the Gateway API's limits: " + String.join(", ", limits) + ".",
                                "Tell the platform team: no destination needs that."));
    }

    private static void route(JsonNode route, List<String> limits) {
        atMost(limits, "parents", route.at("/spec/parentRefs").size(), MAX_PARENTS);
        JsonNode rules = route.at("/spec/rules");
        atMost(limits, "rules", rules.size(), MAX_RULES);
        for (JsonNode rule : rules) {
            atMost(limits, "matches of a rule", rule.path("matches").size(), MAX_MATCHES);
            for (JsonNode match : rule.path("matches")) {
                atMost(limits, "headers of a match", match.path("headers").size(), MAX_HEADERS);
                for (JsonNode header : match.path("headers")) {
                    atMost(
                            limits,
                            "characters of a header",
                            header.path("value").asText().length(),
                            MAX_HEADER_VALUE);
                }
            }
            for (JsonNode backend : rule.path("backendRefs")) {
                atMost(
                        limits,
                        "characters of a backend's name",
                        backend.path("name").asText().length(),
                        MAX_HOST);
            }
        }
    }

    private static void atMost(List<String> broken, String what, int found, int limit) {
        if (found > limit) {
            broken.add(what + ": " + found + " of at most " + limit);
        }
    }
}
