package io.waypass.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
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

    /**
     * One object of the first app's identity, or one that identities share, changed or deleted.
     *
     * @param name of the object; empty for the first app's
     * @param patch JSON merge patch; empty to delete it
     */
    private record Change(String kind, String name, String patch) {}

    private record Mutation(String what, List<Change> changes) {}

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
        journey.identity(FIRST);
        journey.identity(SECOND);
        awaitFailures("nothing fails before the first change", List::isEmpty);

        Map<String, List<String>> noticed = new LinkedHashMap<>();
        for (Mutation mutation : mutations()) {
            Map<Change, GenericKubernetesResource> before = new LinkedHashMap<>();
            for (Change change : mutation.changes()) {
                Resource<GenericKubernetesResource> object = object(change);
                before.put(change, object.get());
                apply(object, change);
            }
            noticed.put(mutation.what(), awaitFailures("noticed: " + mutation.what(), failures -> !failures.isEmpty()));
            before.forEach((change, object) -> restore(object(change.kind(), object), object));
            awaitFailures("nothing fails after: " + mutation.what(), List::isEmpty);
        }

        StringBuilder table = new StringBuilder("| what was broken | checks that failed |\n| --- | --- |\n");
        noticed.forEach((what, failures) ->
                table.append("| ").append(what).append(" | ").append(String.join("; ", failures)).append(" |\n"));
        Files.writeString(Path.of("target", "mutations.md"), table);
        System.out.println(table);
        assertThat(noticed.values()).allSatisfy(failures -> assertThat(failures).isNotEmpty());
    }

    private List<Mutation> mutations() {
        String foreign = journey.object("DestinationRule", SECOND)
                .get()
                .<String>get("spec", "trafficPolicy", "tls", "credentialName");
        return List.of(
                one("DestinationRule deleted", "DestinationRule", ""),
                new Mutation(
                        "DestinationRule deleted, and no catch-all rule",
                        List.of(
                                new Change("DestinationRule", CATCH_ALL, ""),
                                new Change("DestinationRule", "", ""))),
                one("mode SIMPLE", "DestinationRule", tls("\"mode\":\"SIMPLE\",\"credentialName\":null")),
                one("another app's Secret", "DestinationRule", tls("\"credentialName\":\"" + foreign + "\"")),
                one("no sni", "DestinationRule", tls("\"sni\":null")),
                one("no subjectAltNames of the partner", "DestinationRule", tls("\"subjectAltNames\":[\"x.example\"]")),
                one("wrong exportTo", "DestinationRule", "{\"spec\":{\"exportTo\":[\"team-namespace\"]}}"),
                one("no CA in the Secret", "Secret", "{\"data\":{\"ca.crt\":null}}"),
                one("Secret deleted", "Secret", ""),
                one(
                        "synthetic ServiceEntry without use-waypoint: none",
                        "ServiceEntry",
                        "{\"metadata\":{\"labels\":{\"istio.io/use-waypoint\":null}}}"),
                one("synthetic ServiceEntry deleted", "ServiceEntry", ""),
                one("HTTPRoute without the header match", "HTTPRoute", "{\"spec\":{\"rules\":" + openRule() + "}}"),
                one("HTTPRoute deleted", "HTTPRoute", ""),
                one("no policy of the identity", "AuthorizationPolicy", ""),
                one("a policy that admits everybody", "AuthorizationPolicy", "{\"spec\":{\"rules\":[{}]}}"),
                new Mutation(
                        "HTTPRoute deleted, and the shared ServiceEntry without its unrouted endpoint",
                        List.of(
                                new Change("HTTPRoute", "", ""),
                                new Change("ServiceEntry", "nginx-mesh-external-se", "{\"spec\":{\"endpoints\":null}}"))),
                new Mutation(
                        "EnvoyFilter deleted",
                        List.of(new Change("EnvoyFilter", "principal-routing-header-envoyfilter", ""))),
                new Mutation(
                        "no Role on Secrets for the waypoint, and the Secret touched",
                        List.of(
                                new Change("RoleBinding", "egress-waypoint-waypass-secrets", ""),
                                new Change("Secret", "", "{\"metadata\":{\"annotations\":{\"touched\":\"yes\"}}}"))));
    }

    private static final String CATCH_ALL = "egress-waypoint-waypass-catch-all";

    private static Mutation one(String what, String kind, String patch) {
        return new Mutation(what, List.of(new Change(kind, "", patch)));
    }

    private static String tls(String fields) {
        return "{\"spec\":{\"trafficPolicy\":{\"tls\":{" + fields + "}}}}";
    }

    /** The first app's rule for everybody. */
    private String openRule() {
        List<Map<String, Object>> rules =
                journey.object("HTTPRoute", FIRST).get().get("spec", "rules");
        Map<String, Object> rule = new LinkedHashMap<>(rules.getFirst());
        rule.remove("matches");
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

    private static void apply(Resource<GenericKubernetesResource> object, Change change) {
        if (change.patch().isEmpty()) {
            object.delete();
        } else {
            object.patch(
                    new PatchContext.Builder()
                            .withPatchType(PatchType.JSON_MERGE)
                            .withFieldManager("somebody")
                            .build(),
                    change.patch());
        }
    }

    private void restore(Resource<GenericKubernetesResource> object, GenericKubernetesResource before) {
        object.delete();
        Awaitility.await().until(() -> object.get() == null);
        before.getMetadata().setResourceVersion(null);
        before.getMetadata().setUid(null);
        before.getMetadata().setManagedFields(null);
        journey.journey.cluster.resource(before).create();
    }

    private List<String> awaitFailures(String what, Predicate<List<String>> wanted) {
        return Awaitility.await(what).ignoreException(IOException.class).until(this::failures, wanted);
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
                failures.add("an app without identity is refused");
            }
            JsonNode headers = headers(first);
            if (headers.toString().contains("spiffe")) {
                failures.add("the identity header stays inside");
            }
        }
        bypass(failures);
        for (Seen seen : journey.mesh.partner().seen().stream().skip(before).toList()) {
            if (seen.tls() == null || seen.port() == 80) {
                failures.add("no plaintext");
            } else if (seen.subject() == null) {
                failures.add("no call without certificate");
            } else if (seen.id() != null && seen.id().startsWith(STRANGER)) {
                failures.add("no call of an app without identity");
            } else if (!SandboxMesh.HOST.equals(seen.serverName())) {
                failures.add("SNI is the partner's name");
            }
        }
        return new ArrayList<>(failures);
    }

    private void served(HboneCaller caller, String app, TreeSet<String> failures) throws IOException {
        String id = app + "|" + UUID.randomUUID();
        var answer = caller.get("/subject", "elsewhere.example", List.of(Map.entry("x-call", id)));
        if (answer.status() != 200) {
            failures.add("the app is served");
        } else if (!answer.body().contains("\"" + MeshJourney.subject(app) + "\"")) {
            failures.add("each app's calls carry its own certificate");
        }
    }

    private static JsonNode headers(HboneCaller caller) throws IOException {
        String body = caller.get("/headers", SandboxMesh.HOST, List.of()).body();
        return body.startsWith("{")
                ? JsonMapper.shared().readTree(body)
                : MissingNode.getInstance();
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
                failures.add("nobody reaches a synthetic host directly");
            }
        } catch (IOException _) {
            // no way through
        }
    }
}
