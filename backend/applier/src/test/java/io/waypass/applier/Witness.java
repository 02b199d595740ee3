package io.waypass.applier;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Secret;
import io.waypass.gateway.Placement;
import io.waypass.request.RequestKind;
import io.waypass.testing.controlplane.Call;
import io.waypass.testing.controlplane.Fault;
import io.waypass.testing.controlplane.FaultProxy;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Sees every write that the API server accepts, whichever applier it comes from, before that applier hears of it. It plays them into a
 * model of the cluster, and holds the state after each against what Istio would make of it and against what was approved.
 */
final class Witness {

    /** What an object is to a trial. */
    enum Part {
        ROLE,
        ROLE_BINDING,
        CATCH_ALL,
        DENY_ALL,
        SECRET,
        DESTINATION_RULE,
        SERVICE_ENTRY,
        HTTP_ROUTE,
        ALLOW;

        static Part of(Call call) {
            return switch (call.plural()) {
                case "roles" -> ROLE;
                case "rolebindings" -> ROLE_BINDING;
                case "secrets" -> SECRET;
                case "destinationrules" -> isCatchAll(call) ? CATCH_ALL : DESTINATION_RULE;
                case "serviceentries" -> SERVICE_ENTRY;
                case "httproutes" -> HTTP_ROUTE;
                case "authorizationpolicies" -> call.name().endsWith("-deny-without-identity") ? DENY_ALL : ALLOW;
                default -> throw new IllegalArgumentException("nobody writes " + call.plural());
            };
        }

        private static boolean isCatchAll(Call call) {
            return call.name().endsWith("-waypass-catch-all");
        }

        boolean shared() {
            return this == ROLE || this == ROLE_BINDING || this == CATCH_ALL || this == DENY_ALL;
        }

        /** What must be there whenever this is, and what happens otherwise (all measured with istiod and Envoy). */
        Set<Part> reliesOn(Placement placement) {
            return switch (this) {
                // calls that are let in and find no route leave for port 80, or find no certificate
                case ALLOW -> Set.of(DENY_ALL, HTTP_ROUTE, SERVICE_ENTRY, DESTINATION_RULE, SECRET);
                // plaintext to port 443, no backend, or no certificate
                case HTTP_ROUTE -> Set.of(SERVICE_ENTRY, DESTINATION_RULE, SECRET);
                case DESTINATION_RULE -> Set.of(SECRET);
                // a right that comes late is not noticed before the Secret is touched again
                case SECRET -> placement == Placement.GATEWAY_NAMESPACE ? Set.of(ROLE, ROLE_BINDING) : Set.of();
                default -> Set.of();
            };
        }
    }

    private static final class Seen {
        final Map<Part, JsonNode> objects = new EnumMap<>(Part.class);
        final Map<Part, String> places = new EnumMap<>(Part.class);
        /** Each certificate has a Secret of its own: namespace and name. */
        final Set<String> secrets = new TreeSet<>();

        final List<Call> accepted = new ArrayList<>();
        int revision;
    }

    private final Fixtures fixtures;
    private final Map<Trial, Seen> trials = new LinkedHashMap<>();
    private final List<String> violations = new ArrayList<>();

    Witness(Fixtures fixtures) {
        this.fixtures = fixtures;
    }

    /** Sees what comes this way from now on; before any other rule is made. */
    void watch(FaultProxy proxy) {
        proxy.on(
                call -> call.isWrite() && call.status() / 100 == 2,
                Fault.run(this::accepted).beforeAnswer());
    }

    synchronized void knows(Trial trial) {
        trials.put(trial, new Seen());
    }

    /** What was accepted of a trial, in order. */
    synchronized List<Call> accepted(Trial trial) {
        return List.copyOf(trials.get(trial).accepted);
    }

    /** Where there is an object of a trial now, if the model is right: namespace and name. */
    synchronized Set<String> places(Trial trial) {
        Set<String> places = new TreeSet<>(trials.get(trial).places.values());
        places.addAll(trials.get(trial).secrets);
        return places;
    }

    /** Which objects of it are there now, if the model is right. */
    synchronized Set<Part> parts(Trial trial) {
        return Set.copyOf(trials.get(trial).objects.keySet());
    }

    /** What must not have been, in words. */
    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    private synchronized void accepted(Call call) {
        Trial trial = trials.keySet().stream()
                .filter(each -> each.isMeantBy(call))
                .findFirst()
                .orElse(null);
        if (trial == null && Part.of(call) == Part.CATCH_ALL) {
            // of the gateway that all trials have in common where objects live beside the apps
            return;
        }
        if (trial == null) {
            violations.add("nobody asked for " + call.method() + " " + call.path());
            return;
        }
        try {
            accepted(trial, trials.get(trial), call);
        } catch (RuntimeException e) {
            violations.add(trial.name() + ": " + call.method() + " " + call.path() + ": " + e);
        }
    }

    private void accepted(Trial trial, Seen seen, Call call) {
        seen.accepted.add(call);
        Part part = Part.of(call);
        List<String> wrong = new ArrayList<>();
        if (call.method().equals("DELETE")) {
            if (!planned(trial, call)) {
                wrong.add("nobody approved its removal");
            }
            if (part == Part.SECRET) {
                seen.secrets.remove(call.namespace() + "/" + call.name());
            }
            if (part != Part.SECRET || seen.secrets.isEmpty()) {
                seen.objects.remove(part);
                seen.places.remove(part);
            }
        } else if (part == Part.SECRET) {
            seen.objects.put(part, call.body());
            seen.secrets.add(call.namespace() + "/" + call.name());
            wrong.addAll(covered(trial, seen, call));
        } else {
            seen.objects.put(part, call.body());
            seen.places.put(part, call.namespace() + "/" + call.name());
            if (!part.shared()) {
                wrong.addAll(covered(trial, seen, call));
            }
        }
        if (part == Part.SECRET && !call.method().equals("DELETE")) {
            wrong.addAll(content(trial, call));
        }
        wrong.addAll(state(trial, seen));
        wrong.forEach(what -> violations.add(trial.name() + ", " + seen.accepted.size() + ". write (" + call.method()
                + " " + call.plural() + "): " + what));
    }

    private List<String> covered(Trial trial, Seen seen, Call call) {
        JsonNode annotations = call.body().at("/metadata/annotations");
        int revision = annotations.path("waypass.io/revision").asInt();
        List<String> wrong = new ArrayList<>();
        if (revision < seen.revision) {
            wrong.add("revision " + revision + " after revision " + seen.revision);
        }
        seen.revision = Math.max(revision, seen.revision);
        if (!annotations.path("waypass.io/identity").asText().equals(trial.identity())) {
            wrong.add("the object of another identity");
        }
        String digest = annotations.path("waypass.io/digest").asText();
        if (!covered(trial, revision, digest, RequestKind.CREATE_IDENTITY, RequestKind.ROTATE_CERTIFICATE)) {
            wrong.add("no approval covers revision " + revision);
        }
        return wrong;
    }

    /** Whether a decision says yes to this very plan, and it is the one that is desired. */
    private boolean covered(Trial trial, int revision, String digest, RequestKind... kinds) {
        return fixtures.owner
                        .sql("""
                        select count(*) from request r join resource rs on rs.id = r.resource_id join identity i on i.id = rs.id join plan p on p.id = r.plan_id
                        join decision d on d.plan_id = p.id and d.verdict = 'approved' and d.plan_digest = p.digest
                        where rs.public_id = :identity and r.kind = any(:kinds) and r.revision = rs.desired_revision
                            and :revision in (r.revision, 2147483647) and :digest in (p.digest, '') and r.status in ('applying', 'failed')
                        """)
                        .param("identity", trial.identity())
                        .param("kinds", Stream.of(kinds).map(RequestKind::value).toArray(String[]::new))
                        .param("revision", revision)
                        .param("digest", digest)
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** Whether a decision says yes to a plan that removes the object, and that plan is the one that is desired or retires. */
    private boolean planned(Trial trial, Call call) {
        return fixtures.owner
                        .sql("""
                        select count(*) from request r join resource rs on rs.id = r.resource_id join plan p on p.id = r.plan_id
                        join plan_object o on o.plan_id = p.id and o.action = 'delete' and o.name = :name
                        join decision d on d.plan_id = p.id and d.verdict = 'approved' and d.plan_digest = p.digest
                        where rs.public_id = :identity and r.revision = rs.desired_revision and r.status in ('applying', 'failed')
                        """)
                        .param("identity", trial.identity())
                        .param("name", call.name())
                        .query(Long.class)
                        .single()
                > 0;
    }

    /** What the API server holds, at this moment: a proxy does not tell. */
    private List<String> content(Trial trial, Call call) {
        Secret secret = fixtures.cluster
                .secrets()
                .inNamespace(call.namespace())
                .withName(call.name())
                .get();
        String own = "revision " + secret.getMetadata().getAnnotations().get("waypass.io/revision");
        Map<String, String> content = trial.content(secret);
        return content.equals(Map.of("tls.crt", own, "tls.key", own, "ca.crt", "the partner's CA"))
                ? List.of()
                : List.of("the Secret of " + own + " holds " + content);
    }

    private static List<String> state(Trial trial, Seen seen) {
        List<String> wrong = new ArrayList<>();
        seen.objects
                .keySet()
                .forEach(part -> part.reliesOn(trial.placement()).stream()
                        .filter(needed -> !seen.objects.containsKey(needed))
                        .forEach(needed -> wrong.add(part + " without " + needed)));
        if (seen.objects.containsKey(Part.DESTINATION_RULE)) {
            JsonNode tls = seen.objects.get(Part.DESTINATION_RULE).at("/spec/trafficPolicy/tls");
            String named = (trial.placement() == Placement.GATEWAY_NAMESPACE ? "istio-egress/" : "")
                    + tls.path("credentialName").asText();
            if (!tls.path("mode").asText().equals("MUTUAL")
                    || !seen.secrets.contains(named)
                    || tls.has("insecureSkipVerify")) {
                wrong.add("the DestinationRule says " + tls + " beside the Secrets " + seen.secrets);
            }
        }
        return wrong;
    }
}
