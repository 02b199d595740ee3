package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.waypass.cluster.DriftPolicy;
import io.waypass.identity.IdentityDetail;
import io.waypass.plan.Plan;
import io.waypass.plan.PlanObject;
import io.waypass.request.RequestStatus;
import io.waypass.resource.Condition;
import io.waypass.resource.ObservedObject;
import io.waypass.testing.junit.Form;
import io.waypass.testing.junit.LongForm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What was applied stays as it was approved, whoever else writes to the cluster; and what is said of it is what is there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftIT {

    /** An app's identity that is applied. */
    record Kept(String name, String request, Plan plan) {
        PlanObject object(String kind) {
            return plan.objects().stream()
                    .filter(object ->
                            object.kind().equals(kind) && object.name().contains(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Fixtures fixtures;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        applier = fixtures.applier();
    }

    @AfterAll
    void stop() {
        applier.close();
        fixtures.close();
    }

    @Test
    void aFieldThatSomebodyChangedIsPutRightAndTheEventSaysWhoDidWhat() {
        Kept kept = kept("field");

        patch(kept.object("DestinationRule"), "meddler", "{\"spec\":{\"host\":\"elsewhere.test\"}}");

        awaitHost(kept, "field.team-namespace.my-nginx.foo.bar.invalid");
        Map<String, Object> event = awaitEvent(kept, "restored");
        assertThat(event)
                .containsEntry("manager", "meddler")
                .containsEntry("kind", "DestinationRule")
                .containsEntry("name", "field-nginx-mesh-external-dr");
        assertThat((String) event.get("detail"))
                .contains("-  host: elsewhere.test")
                .contains("+  host: field.team-namespace.my-nginx.foo.bar.invalid");
        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void aDeletedObjectIsMadeAgain() {
        Kept kept = kept("gone");
        for (String kind : List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy")) {
            Resource<GenericKubernetesResource> live = resource(kept.object(kind));
            String before = live.get().getMetadata().getUid();

            live.delete();

            Awaitility.await(kind)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> live.get() != null
                            && !live.get().getMetadata().getUid().equals(before));
        }
        Awaitility.await().until(() -> events(kept, "restored").size() == 5);
        assertThat(events(kept, "restored"))
                .allSatisfy(event -> assertThat((String) event.get("detail"))
                        .doesNotContain("BEGIN")
                        .isNotBlank());
    }

    @Test
    void aSecretThatHoldsAnotherCertificateIsPutRightAndTheEventHoldsNoneOfIt() {
        Kept kept = kept("stolen");
        String foreign = Base64.getEncoder().encodeToString("somebody else's certificate".getBytes());

        patch(kept.object("Secret"), "meddler", "{\"data\":{\"tls.crt\":\"" + foreign + "\"}}");

        awaitEvent(kept, "restored");
        awaitObjects(kept, ObservedObject.State.AS_APPROVED);
        assertThat(resource(kept.object("Secret"))
                        .get()
                        .getAdditionalProperties()
                        .toString())
                .doesNotContain(foreign);
        assertThat(events(kept, "restored").toString()).doesNotContain(foreign).doesNotContain("somebody");
    }

    @Test
    void ourLabelIsPutBackWhoeverTookItAway() {
        Kept kept = kept("unlabelled");
        for (String kind : List.of("Secret", "HTTPRoute", "AuthorizationPolicy")) {
            patch(kept.object(kind), "meddler", "{\"metadata\":{\"labels\":{\"app.kubernetes.io/managed-by\":null}}}");

            Awaitility.await(kind)
                    .until(() -> "waypass"
                            .equals(resource(kept.object(kind))
                                    .get()
                                    .getMetadata()
                                    .getLabels()
                                    .get("app.kubernetes.io/managed-by")));
        }
    }

    @Test
    void aChangeInsideAListThatHasOneOwnerIsFoundAlthoughTheApprovedFieldsHaveTheirValues() {
        Kept kept = kept("nested");
        GenericKubernetesResource route = resource(kept.object("HTTPRoute")).get();
        String rules = new ObjectMapper()
                .valueToTree(route.getAdditionalProperties())
                .at("/spec/rules")
                .toString()
                .replaceFirst("\"headers\"", "\"method\":\"GET\",\"headers\"");

        patch(kept.object("HTTPRoute"), "meddler", "{\"spec\":{\"rules\":" + rules + "}}");

        awaitEvent(kept, "restored");
        Awaitility.await()
                .until(() -> !resource(kept.object("HTTPRoute"))
                        .get()
                        .getAdditionalProperties()
                        .toString()
                        .contains("method=GET"));
    }

    @Test
    void whatOthersAddBesideOurFieldsIsLeftAlone() {
        Kept kept = kept("beside");
        PlanObject rule = kept.object("DestinationRule");

        patch(
                rule,
                "mesh-team",
                "{\"metadata\":{\"annotations\":{\"mesh-team/owner\":\"them\"}},\"spec\":{\"trafficPolicy\":{\"connectionPool\":{\"tcp\":{\"maxConnections\":5}}}}}");

        String version = resource(rule).get().getMetadata().getResourceVersion();
        awaitSeen(kept, rule, version);
        assertThat(resource(rule).get().getMetadata().getResourceVersion()).isEqualTo(version);
        assertThat(events(kept, "restored")).isEmpty();
        assertThat(condition(kept, Condition.Type.IN_SYNC).status()).isEqualTo(Condition.Status.TRUE);
    }

    @Test
    void theDoorThatIsClosedToWhoHasNoIdentityIsClosedAgainWhenSomebodyOpensIt() {
        Kept kept = kept("door");
        PlanObject deny = kept.plan().objects().getFirst();
        assertThat(deny.name()).isEqualTo("nginx-deny-without-identity");

        resource(deny).delete();
        Awaitility.await().until(() -> resource(deny).get() != null);

        patch(deny, "meddler", "{\"spec\":{\"action\":\"AUDIT\"}}");
        Awaitility.await()
                .until(() -> resource(deny)
                        .get()
                        .getAdditionalProperties()
                        .get("spec")
                        .toString()
                        .contains("action=ALLOW"));
    }

    @Test
    void conditionsFollowWhatTheMeshReportsAndAreUnknownWhereNobodyDid() {
        Kept kept = kept("followed");
        assertThat(condition(kept, Condition.Type.ROUTE_ACCEPTED).status()).isEqualTo(Condition.Status.UNKNOWN);

        reportRoute(kept, "True", "Accepted", 1);
        awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.TRUE, "Accepted");
        Instant since = condition(kept, Condition.Type.ROUTE_ACCEPTED).lastTransitionAt();

        reportRoute(kept, "False", "NotAllowedByListeners", 1);
        awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.FALSE, "NotAllowedByListeners");
        assertThat(condition(kept, Condition.Type.ROUTE_ACCEPTED).lastTransitionAt())
                .isAfter(since);

        // the report is about generation 1; the object is generation 3 once it was changed and put right
        patch(kept.object("HTTPRoute"), "meddler", "{\"spec\":{\"hostnames\":[\"elsewhere.test\"]}}");
        awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.UNKNOWN, "NotReported");
    }

    @Test
    void whatTheSharedServiceEntrySaysIsSaidOfEveryIdentityThatGoesThroughIt() {
        Kept one = kept("bound1");
        Kept other = kept("bound2");

        reportBound("True", "WaypointAccepted");
        awaitCondition(one, Condition.Type.WAYPOINT_BOUND, Condition.Status.TRUE, "WaypointAccepted");
        awaitCondition(other, Condition.Type.WAYPOINT_BOUND, Condition.Status.TRUE, "WaypointAccepted");

        reportBound("False", "AttachmentDenied");
        awaitCondition(one, Condition.Type.WAYPOINT_BOUND, Condition.Status.FALSE, "AttachmentDenied");
        awaitCondition(other, Condition.Type.WAYPOINT_BOUND, Condition.Status.FALSE, "AttachmentDenied");
    }

    @Test
    void whereTheClusterIsSetToReportOnlyDriftIsToldAndLeftAndOnceItIsNotItIsPutRight() {
        Kept kept = kept("reported");
        PlanObject rule = kept.object("DestinationRule");
        fixtures.clusters.changeDrift(Fixtures.ADMIN, "sandbox", DriftPolicy.REPORT_ONLY);
        try {
            patch(rule, "meddler", "{\"spec\":{\"host\":\"elsewhere.test\"}}");
            resource(kept.object("AuthorizationPolicy")).delete();

            awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ReportedOnly");
            // one after the other, as they are noticed
            Awaitility.await()
                    .untilAsserted(() -> assertThat(
                                    condition(kept, Condition.Type.IN_SYNC).message())
                            .contains(
                                    "meddler changed the DestinationRule team-namespace/reported-nginx-mesh-external-dr (spec.host).")
                            .contains("Somebody deleted the AuthorizationPolicy"));
            assertThat(events(kept, "reported")).hasSize(2);
            assertThat(events(kept, "restored")).isEmpty();
            assertThat(host(rule)).isEqualTo("elsewhere.test");
            assertThat(condition(kept, Condition.Type.APPLIED).status()).isEqualTo(Condition.Status.FALSE);
        } finally {
            fixtures.clusters.changeDrift(Fixtures.ADMIN, "sandbox", DriftPolicy.RESTORE);
        }
        awaitHost(kept, "reported.team-namespace.my-nginx.foo.bar.invalid");
        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void aFightIsNoticedAfterAFewRoundsBackedOffAndShown() {
        Kept kept = kept("fought");
        PlanObject rule = kept.object("DestinationRule");
        int[] rounds = {0};
        // a controller that wants its own value whenever it sees another
        Runnable otherController = () -> {
            if (!host(rule).equals("theirs.test")) {
                rounds[0]++;
                patch(rule, "other-controller", "{\"spec\":{\"host\":\"theirs.test\"}}");
            }
        };
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
            otherController.run();
            return condition(kept, Condition.Type.IN_SYNC).reason().equals("Contested");
        });

        assertThat(rounds[0]).isBetween(5, 7);
        assertThat(condition(kept, Condition.Type.IN_SYNC).message())
                .contains("other-controller changed the DestinationRule")
                .contains("tried again at");
        assertThat(awaitEvent(kept, "contested")).containsEntry("manager", "other-controller");
        assertThat(events(kept, "restored"))
                .as("the same fight is one event that counts")
                .singleElement()
                .satisfies(event ->
                        assertThat(((Number) event.get("count")).intValue()).isEqualTo(5));

        // what others do meanwhile to other objects is put right at once, but no door is opened to what is not as
        // approved
        resource(kept.object("ServiceEntry")).delete();
        resource(kept.object("AuthorizationPolicy")).delete();
        Awaitility.await("the ServiceEntry is back, the AuthorizationPolicy is not")
                .until(() -> {
                    // it fights on for as long as this takes
                    otherController.run();
                    return resource(kept.object("ServiceEntry")).get() != null
                            && condition(kept, Condition.Type.IN_SYNC)
                                    .message()
                                    .contains(
                                            "AuthorizationPolicy istio-egress/team-namespace.fought-nginx-allow is not put right before")
                            && resource(kept.object("AuthorizationPolicy")).get() == null
                            && host(rule).equals("theirs.test");
                });
        // once they give up, it comes right by itself
        Awaitility.await().until(() -> !host(rule).equals("theirs.test"));
        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void anObjectOfSomebodyElseInThePlaceOfOursIsNotTakenOver() {
        Kept kept = kept("squatted");
        PlanObject rule = kept.object("DestinationRule");
        GenericKubernetesResource foreign = new GenericKubernetesResource();
        foreign.setApiVersion(rule.apiVersion());
        foreign.setKind(rule.kind());
        foreign.setMetadata(new io.fabric8.kubernetes.api.model.ObjectMetaBuilder()
                .withName(rule.name())
                .withNamespace(rule.namespace())
                .build());
        foreign.setAdditionalProperty("spec", Map.of("host", "squatter.test"));
        // whoever is faster than Waypass in the moment after a deletion
        Awaitility.await().until(() -> {
            resource(rule).delete();
            try {
                fixtures.cluster.resource(foreign).create();
                return true;
            } catch (io.fabric8.kubernetes.client.KubernetesClientException taken) {
                return false;
            }
        });

        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ForeignObject");
        assertThat(condition(kept, Condition.Type.IN_SYNC).message()).contains("an object that Waypass did not write");
        assertThat(host(rule)).isEqualTo("squatter.test");

        resource(rule).delete();
        awaitHost(kept, "squatted.team-namespace.my-nginx.foo.bar.invalid");
    }

    @Test
    void settingsThatTakeThePlaceOfTheApprovedTlsAreToldAndTheAppIsRefusedAsLongAsTheyAreThere() {
        Kept kept = kept("undermined");
        PlanObject rule = kept.object("DestinationRule");

        patch(
                rule,
                "meddler",
                "{\"spec\":{\"trafficPolicy\":{\"portLevelSettings\":[{\"port\":{\"number\":443},\"tls\":{\"mode\":\"DISABLE\"}}]}}}");

        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ForeignObject");
        assertThat(condition(kept, Condition.Type.IN_SYNC).message()).contains("spec.trafficPolicy.portLevelSettings");
        assertThat((String) awaitEvent(kept, "removed").get("detail"))
                .contains("was taken away, so that the app is refused");
        assertThat(resource(kept.object("AuthorizationPolicy")).get()).isNull();

        patch(rule, "meddler", "{\"spec\":{\"trafficPolicy\":{\"portLevelSettings\":null}}}");
        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
        assertThat(resource(kept.object("AuthorizationPolicy")).get()).isNotNull();
    }

    @Test
    void nothingIsMadeInANamespaceThatIsYoungerThanWhatWasAppliedThere() {
        Kept kept = kept("evicted");
        // no controller finishes a namespace's deletion here: instead of the namespace getting younger, what was
        // applied gets older
        fixtures.owner
                .sql(
                        "update attempt set finished_at = now() - interval '1 day' where request_id = (select id from request where public_id = :id)")
                .param("id", kept.request())
                .update();
        // a look at the objects that began before that ends first: it would still have the old time
        patch(kept.object("DestinationRule"), "meddler", "{\"spec\":{\"host\":\"elsewhere.test\"}}");
        awaitHost(kept, "evicted.team-namespace.my-nginx.foo.bar.invalid");

        resource(kept.object("Secret")).delete();

        awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "NamespaceChanged");
        assertThat(condition(kept, Condition.Type.IN_SYNC).message()).contains("may be somebody else's now");
        assertThat(resource(kept.object("Secret")).get()).isNull();
    }

    @Test
    @LongForm
    void everyOneOfManyChangesByAnotherManagerIsPutRight() {
        int changes = Form.size("waypass.keeping.changes", 40, 200);
        List<Kept> all = IntStream.range(0, changes / 2)
                .mapToObj(i -> submitted("mut" + i))
                .toList();
        all = all.stream().map(this::approved).toList();
        all.forEach(kept -> fixtures.await(kept.request(), RequestStatus.APPLIED));
        Random random = new Random(20_261_125L);
        List<String> kinds = List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");
        List<Duration> times = new ArrayList<>();
        Map<String, Integer> done = new HashMap<>();
        for (int i = 0; i < changes; i++) {
            Kept kept = all.get(random.nextInt(all.size()));
            PlanObject object = kept.object(kinds.get(random.nextInt(kinds.size())));
            String mutation = mutate(object, random);
            done.merge(mutation, 1, Integer::sum);
            long begin = System.nanoTime();
            Awaitility.await(mutation + " of " + object.name())
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> as(object));
            times.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        List<Duration> sorted = times.stream().sorted().toList();
        System.out.printf(
                "Drift: %1$d of %1$d changes over %2$d identities put right %3$s; median %4$d ms, 95 %% %5$d ms, slowest %6$d ms%n",
                changes,
                all.size(),
                done,
                sorted.get(changes / 2).toMillis(),
                sorted.get(changes * 95 / 100).toMillis(),
                sorted.getLast().toMillis());
        for (Kept kept : all) {
            awaitObjects(kept, ObservedObject.State.AS_APPROVED);
        }
    }

    /** Changes or deletes an object as somebody else. */
    private String mutate(PlanObject object, Random random) {
        if (random.nextInt(4) == 0) {
            resource(object).delete();
            return "deleted";
        }
        String label = "{\"metadata\":{\"annotations\":{\"waypass.io/revision\":\"99\"}}}";
        String patch = switch (object.kind()) {
            case "Secret" ->
                "{\"data\":{\"ca.crt\":\"" + Base64.getEncoder().encodeToString(new byte[] {1, 2}) + "\"}}";
            case "DestinationRule" -> "{\"spec\":{\"trafficPolicy\":{\"tls\":{\"mode\":\"DISABLE\"}}}}";
            case "ServiceEntry" -> "{\"spec\":{\"exportTo\":[\"*\"]}}";
            case "HTTPRoute" -> "{\"spec\":{\"hostnames\":[\"elsewhere.test\"]}}";
            default -> "{\"spec\":{\"rules\":[{}]}}";
        };
        patch(object, "meddler", random.nextInt(5) == 0 ? label : patch);
        return "changed";
    }

    private boolean as(PlanObject object) {
        GenericKubernetesResource live = resource(object).get();
        return live != null
                && live.getMetadata().getDeletionTimestamp() == null
                && live.getMetadata().getManagedFields().stream()
                        .noneMatch(entry -> entry.getManager().equals("meddler"));
    }

    private Kept kept(String name) {
        Kept kept = approved(submitted(name));
        fixtures.await(kept.request(), RequestStatus.APPLIED);
        return kept;
    }

    private Kept submitted(String name) {
        return new Kept(name, fixtures.submit(fixtures.app(name), fixtures.certificate(name)), null);
    }

    private Kept approved(Kept submitted) {
        return new Kept(submitted.name(), submitted.request(), fixtures.approve(submitted.request()));
    }

    private Resource<GenericKubernetesResource> resource(PlanObject object) {
        return fixtures.cluster
                .genericKubernetesResources(object.apiVersion(), object.kind())
                .inNamespace(object.namespace())
                .withName(object.name());
    }

    private void patch(PlanObject object, String manager, String merge) {
        resource(object)
                .patch(
                        new PatchContext.Builder()
                                .withPatchType(PatchType.JSON_MERGE)
                                .withFieldManager(manager)
                                .build(),
                        merge);
    }

    private String host(PlanObject rule) {
        GenericKubernetesResource live = resource(rule).get();
        return live == null
                ? ""
                : String.valueOf(((Map<?, ?>) live.getAdditionalProperties().get("spec")).get("host"));
    }

    private void awaitHost(Kept kept, String host) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(10))
                .until(() -> host(kept.object("DestinationRule")), host::equals);
    }

    private IdentityDetail identity(Kept kept) {
        return fixtures.identity(kept.request());
    }

    private Condition condition(Kept kept, Condition.Type type) {
        return identity(kept).summary().condition(type).orElseThrow();
    }

    private void awaitCondition(Kept kept, Condition.Type type, Condition.Status status, String reason) {
        Awaitility.await(kept.name() + " " + type + " " + status)
                .until(
                        () -> condition(kept, type),
                        condition -> condition.status() == status
                                && condition.reason().equals(reason));
    }

    private void awaitObjects(Kept kept, ObservedObject.State state) {
        Awaitility.await(kept.name())
                .until(
                        () -> identity(kept).objects(),
                        objects -> objects.stream().allMatch(object -> object.state() == state));
    }

    private void awaitSeen(Kept kept, PlanObject object, String version) {
        Predicate<ObservedObject> seen = each -> each.name().equals(object.name())
                && each.resourceVersion().filter(version::equals).isPresent();
        Awaitility.await().until(() -> identity(kept).objects().stream().anyMatch(seen));
    }

    private List<Map<String, Object>> events(Kept kept, String type) {
        return fixtures.owner
                .sql("""
                        select e.kind, e.namespace, e.name, e.manager, e.detail, e.count from identity_event e
                        join identity i on i.id = e.identity_id join request r on r.identity_id = i.id
                        where r.public_id = :request and e.type = :type order by e.id desc
                        """)
                .param("request", kept.request())
                .param("type", type)
                .query()
                .listOfRows();
    }

    private Map<String, Object> awaitEvent(Kept kept, String type) {
        return Awaitility.await()
                .until(() -> events(kept, type), found -> !found.isEmpty())
                .getFirst();
    }

    private void reportRoute(Kept kept, String status, String reason, int generation) {
        GenericKubernetesResource route = resource(kept.object("HTTPRoute")).get();
        route.setAdditionalProperty(
                "status",
                Map.of(
                        "parents",
                        List.of(Map.of(
                                "controllerName",
                                "istio.io/gateway-controller",
                                "parentRef",
                                Map.of("name", "nginx-mesh-external-se"),
                                "conditions",
                                List.of(condition("Accepted", status, reason, generation))))));
        fixtures.cluster.resource(route).updateStatus();
    }

    private void reportBound(String status, String reason) {
        GenericKubernetesResource entry = fixtures.cluster
                .genericKubernetesResources("networking.istio.io/v1", "ServiceEntry")
                .inNamespace("istio-egress")
                .withName("nginx-mesh-external-se")
                .get();
        Map<String, Object> condition = new HashMap<>(condition("istio.io/WaypointBound", status, reason, 1));
        condition.remove("observedGeneration");
        entry.setAdditionalProperty("status", Map.of("conditions", List.of(condition)));
        fixtures.cluster.resource(entry).updateStatus();
    }

    private static Map<String, Object> condition(String type, String status, String reason, int generation) {
        return Map.of(
                "type",
                type,
                "status",
                status,
                "reason",
                reason,
                "message",
                "as the controller would say",
                "observedGeneration",
                generation,
                "lastTransitionTime",
                Instant.now().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    }
}
