package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.waypass.mesh.HboneCaller;
import io.waypass.mesh.Partner.Seen;
import io.waypass.testing.Requirement;
import io.waypass.testing.junit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/**
 * The proof can fail: each change of the objects that breaks safety is noticed by one of its checks. The cluster is set to
 * {@code report-only} meanwhile, so that Waypass restores nothing. The table goes to {@code target/mutations.md}.
 */
@Needs({Requirement.MESH, Requirement.NGINX})
@ExtendWith(SharedMeshSandbox.class)
class MutationsIT {

    private static final String FIRST = "mutant1";
    private static final String SECOND = "mutant2";
    private static final String STRANGER = "mutant3";

    private MeshJourney journey;
    private String identity;

    /**
     * One object of the first app's identity, or one that identities share, changed or deleted.
     *
     * @param name of the object; empty for the first app's
     * @param patch JSON merge patch; empty to delete it
     */
    private record Change(String kind, String name, String patch) {}

    /**
     * @param noticedBy the check that has to fail
     * @param restarted whether the waypoint's Envoy is started anew: a running one keeps a Secret that it once had
     */
    private record Mutation(String what, String noticedBy, boolean restarted, List<Change> changes) {}

    @BeforeEach
    void begin(RunningSandbox sandbox) {
        journey = new MeshJourney(sandbox);
        drift("report-only");
    }

    @AfterEach
    void end() {
        drift("restore");
        journey.close();
    }

    private void drift(String policy) {
        PortalApi.Answer answer = journey.journey.admin.patch("/clusters/sandbox", Map.of("drift", policy));
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    }

    @Test
    void eachChangeThatBreaksSafetyIsNoticed() throws IOException {
        identity = journey.identity(FIRST);
        journey.identity(SECOND);
        awaitFailures("nothing fails before the first change", List::isEmpty);

        Map<String, List<String>> noticed = new LinkedHashMap<>();
        Map<String, String> ready = new LinkedHashMap<>();
        for (Mutation mutation : mutations()) {
            Map<Change, GenericKubernetesResource> before = new LinkedHashMap<>();
            try {
                for (Change change : mutation.changes()) {
                    Resource<GenericKubernetesResource> object = object(change);
                    before.put(change, object.get());
                    MeshJourney.change(object, change.patch());
                }
                if (mutation.restarted()) {
                    journey.mesh.restartWaypoint();
                }
                List<String> failures = awaitNoticed(mutation);
                noticed.put(mutation.what(), failures);
                if (failures.contains(SERVED) || failures.contains(OWN)) {
                    ready.put(mutation.what(), awaitNotReady(mutation.what()));
                }
            } finally {
                before.forEach((change, object) -> restore(object(change.kind(), object), object));
            }
            awaitFailures("nothing fails after: " + mutation.what(), List::isEmpty);
        }

        StringBuilder table =
                new StringBuilder("| what was broken | checks that failed | condition Ready |\n| --- | --- | --- |\n");
        noticed.forEach((what, failures) -> table.append(
                "| %s | %s | %s |%n".formatted(what, String.join("; ", failures), ready.getOrDefault(what, ""))));
        Files.writeString(Path.of("target", "mutations.md"), table);
        System.out.println(table);
        assertThat(noticed.values()).allSatisfy(failures -> assertThat(failures).isNotEmpty());
    }

    private List<Mutation> mutations() {
        String foreign = journey.object("DestinationRule", SECOND)
                .get()
                .<String>get("spec", "trafficPolicy", "tls", "credentialName");
        String secondRoute =
                journey.object("HTTPRoute", SECOND).get().getMetadata().getName();
        return List.of(
                one("DestinationRule deleted", SERVED, "DestinationRule", ""),
                many(
                        "DestinationRule deleted, and no catch-all rule",
                        PLAINTEXT,
                        new Change("DestinationRule", CATCH_ALL, ""),
                        new Change("DestinationRule", "", "")),
                one("mode SIMPLE", CERTIFICATE, "DestinationRule", tls("\"mode\":\"SIMPLE\"")),
                one("another app's Secret", OWN, "DestinationRule", tls("\"credentialName\":\"" + foreign + "\"")),
                // either of the two alone keeps the partner's name in the SNI
                many(
                        "no sni, and an HTTPRoute that does not rewrite the host",
                        SNI,
                        new Change("DestinationRule", "", tls("\"sni\":null")),
                        new Change("HTTPRoute", "", "{\"spec\":{\"rules\":" + ruleWithout("filters") + "}}")),
                one(
                        "subjectAltNames of another server",
                        SERVED,
                        "DestinationRule",
                        tls("\"subjectAltNames\":[\"elsewhere.example\"]")),
                one("wrong exportTo", SERVED, "DestinationRule", "{\"spec\":{\"exportTo\":[\"team-namespace\"]}}"),
                new Mutation(
                        "no CA in the Secret, and the gateway's pod replaced",
                        SERVED,
                        true,
                        List.of(new Change("Secret", "", "{\"data\":{\"ca.crt\":null}}"))),
                new Mutation(
                        "Secret deleted, and the gateway's pod replaced",
                        SERVED,
                        true,
                        List.of(new Change("Secret", "", ""))),
                one(
                        "synthetic ServiceEntry without use-waypoint: none",
                        BYPASS,
                        "ServiceEntry",
                        "{\"metadata\":{\"labels\":{\"istio.io/use-waypoint\":null}}}"),
                one("synthetic ServiceEntry deleted", SERVED, "ServiceEntry", ""),
                many(
                        "HTTPRoute without the header match, and the second app's deleted",
                        OWN,
                        new Change("HTTPRoute", "", "{\"spec\":{\"rules\":" + ruleWithout("matches") + "}}"),
                        new Change("HTTPRoute", secondRoute, "")),
                one("HTTPRoute deleted", SERVED, "HTTPRoute", ""),
                many(
                        "both apps' HTTPRoutes deleted, and the shared ServiceEntry without its unrouted endpoint",
                        PLAINTEXT,
                        new Change("HTTPRoute", "", ""),
                        new Change("HTTPRoute", secondRoute, ""),
                        new Change("ServiceEntry", "nginx-mesh-external-se", "{\"spec\":{\"endpoints\":null}}")),
                one("no policy of the identity", SERVED, "AuthorizationPolicy", ""),
                one("a policy that admits everybody", STRANGERS, "AuthorizationPolicy", "{\"spec\":{\"rules\":[{}]}}"),
                many(
                        "EnvoyFilter deleted",
                        SERVED,
                        new Change("EnvoyFilter", "principal-routing-header-envoyfilter", "")));
    }

    private static final String SERVED = "the app is served";
    private static final String OWN = "each app's calls carry its own certificate";
    private static final String PLAINTEXT = "no plaintext";
    private static final String CERTIFICATE = "no call without certificate";
    private static final String SNI = "SNI is the partner's name";
    private static final String STRANGERS = "an app without identity is refused";
    private static final String BYPASS = "nobody reaches a synthetic host directly";
    private static final String INSIDE = "the identity header stays inside";
    private static final String CATCH_ALL = "egress-waypoint-waypass-catch-all";

    private static Mutation one(String what, String noticedBy, String kind, String patch) {
        return many(what, noticedBy, new Change(kind, "", patch));
    }

    private static Mutation many(String what, String noticedBy, Change... changes) {
        return new Mutation(what, noticedBy, false, List.of(changes));
    }

    private static String tls(String fields) {
        return "{\"spec\":{\"trafficPolicy\":{\"tls\":{" + fields + "}}}}";
    }

    /** The first app's only rule without one of its members. */
    private String ruleWithout(String member) {
        List<Map<String, Object>> rules =
                journey.object("HTTPRoute", FIRST).get().get("spec", "rules");
        Map<String, Object> rule = new LinkedHashMap<>(rules.getFirst());
        rule.remove(member);
        return JsonMapper.shared().writeValueAsString(List.of(rule));
    }

    private Resource<GenericKubernetesResource> object(Change change) {
        return change.name().isEmpty()
                ? journey.object(change.kind(), FIRST)
                : journey.named(change.kind(), change.name());
    }

    private Resource<GenericKubernetesResource> object(String kind, GenericKubernetesResource of) {
        return journey.named(kind, of.getMetadata().getName());
    }

    private void restore(Resource<GenericKubernetesResource> object, GenericKubernetesResource before) {
        object.delete();
        Awaitility.await().until(() -> object.get() == null);
        before.getMetadata().setResourceVersion(null);
        before.getMetadata().setUid(null);
        before.getMetadata().setManagedFields(null);
        journey.journey.cluster.resource(before).create();
    }

    /** Empty if it is not noticed. */
    private List<String> awaitNoticed(Mutation mutation) {
        try {
            return awaitFailures("noticed: " + mutation.what(), failures -> failures.contains(mutation.noticedBy()));
        } catch (ConditionTimeoutException _) {
            return List.of();
        }
    }

    private List<String> awaitFailures(String what, Predicate<List<String>> wanted) {
        return Awaitility.await(what)
                // a shared ServiceEntry that was deleted has no address for a moment
                .ignoreExceptionsMatching(e -> e instanceof IOException || e instanceof SandboxFailed)
                .until(this::failures, wanted);
    }

    /** What the app's callers get is no success: Ready must not say so for long. */
    private String awaitNotReady(String what) {
        return Awaitility.await("Ready is not True: " + what).until(this::ready, status -> !status.startsWith("True"));
    }

    private String ready() {
        return journey.condition(identity, "Ready");
    }

    /** All checks of the proof, once: the names of those that fail. */
    private List<String> failures() throws IOException {
        TreeSet<String> failures = new TreeSet<>();
        int before = journey.mesh.partner().seen().size();
        try (HboneCaller first = journey.caller(FIRST);
                HboneCaller second = journey.caller(SECOND);
                HboneCaller stranger = journey.caller(STRANGER)) {
            served(first, FIRST, failures);
            served(second, SECOND, failures);
            if (MeshJourney.get(stranger, STRANGER + "|").status() != 403) {
                failures.add(STRANGERS);
            }
            JsonNode headers = headers(first);
            if (headers.toString().contains("spiffe")) {
                failures.add(INSIDE);
            }
        }
        bypass(failures);
        for (Seen seen : journey.mesh.partner().seen().stream().skip(before).toList()) {
            if (seen.tls() == null || seen.port() == 80) {
                failures.add(PLAINTEXT);
            } else if (seen.subject() == null) {
                failures.add(CERTIFICATE);
            } else if (seen.id() != null && seen.id().startsWith(STRANGER)) {
                failures.add("no call of an app without identity");
            } else if (!SandboxMesh.HOST.equals(seen.serverName())) {
                failures.add(SNI);
            }
        }
        return new ArrayList<>(failures);
    }

    private void served(HboneCaller caller, String app, TreeSet<String> failures) throws IOException {
        String id = app + "|" + UUID.randomUUID();
        var answer = caller.get("/subject", "elsewhere.example", List.of(Map.entry("x-call", id)));
        if (answer.status() != 200) {
            failures.add(SERVED);
        } else if (!answer.body().contains("\"" + MeshJourney.subject(app) + "\"")) {
            failures.add(OWN);
        }
    }

    private static JsonNode headers(HboneCaller caller) throws IOException {
        String body = caller.get("/headers", SandboxMesh.HOST, List.of()).body();
        return body.startsWith("{") ? JsonMapper.shared().readTree(body) : MissingNode.getInstance();
    }

    /** An app without identity calls the first app's synthetic host itself. */
    private void bypass(TreeSet<String> failures) {
        GenericKubernetesResource entry;
        try {
            entry = journey.object("ServiceEntry", FIRST).get();
        } catch (AssertionError _) {
            // it is deleted
            return;
        }
        List<Map<String, String>> addresses = entry.get("status", "addresses");
        if (addresses == null || addresses.isEmpty()) {
            return;
        }
        try (HboneCaller stranger = journey.mesh
                .waypoint()
                .caller(Journey.TEAM_NAMESPACE, STRANGER, addresses.getFirst().get("value") + ":443")) {
            if (MeshJourney.get(stranger, STRANGER + "|bypass").status() == 200) {
                failures.add(BYPASS);
            }
        } catch (IOException _) {
            // no way through
        }
    }
}
