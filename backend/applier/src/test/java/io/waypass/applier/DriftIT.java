package io.waypass.applier;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.waypass.applier.KeptIdentities.Kept;
import io.waypass.cluster.DriftPolicy;
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
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** What was applied stays as approved when others write to the cluster, and conditions and events report what is there. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriftIT {

    private Fixtures fixtures;
    private KeptIdentities identities;
    private ConfigurableApplicationContext applier;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        fixtures = new Fixtures(directory);
        identities = new KeptIdentities(fixtures);
        applier = fixtures.applier();
    }

    @AfterAll
    void stop() {
        applier.close();
        fixtures.close();
    }

    @Test
    void aFieldThatSomebodyChangedIsRestoredAndTheEventSaysWhoDidWhat() {
        Kept kept = identities.kept("field");

        identities.patch(kept.object("DestinationRule"), "meddler", "{\"spec\":{\"host\":\"elsewhere.test\"}}");

        identities.awaitHost(kept, "field.team-namespace.my-nginx.foo.bar.invalid");
        Map<String, Object> event = identities.awaitEvent(kept, "restored");
        assertThat(event)
                .containsEntry("manager", "meddler")
                .containsEntry("kind", "DestinationRule")
                .containsEntry("name", "field-nginx-mesh-external-dr");
        assertThat((String) event.get("detail"))
                .contains("-  host: elsewhere.test")
                .contains("+  host: field.team-namespace.my-nginx.foo.bar.invalid");
        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void aDeletedObjectIsMadeAgain() {
        Kept kept = identities.kept("gone");
        for (String kind : List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy")) {
            Resource<GenericKubernetesResource> live = fixtures.resource(kept.object(kind));
            String before = live.get().getMetadata().getUid();

            live.delete();

            Awaitility.await(kind)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> live.get() != null
                            && !live.get().getMetadata().getUid().equals(before));
        }
        Awaitility.await().until(() -> identities.events(kept, "restored").size() == 5);
        assertThat(identities.events(kept, "restored"))
                .allSatisfy(event -> assertThat((String) event.get("detail"))
                        .doesNotContain("BEGIN")
                        .isNotBlank());
    }

    @Test
    void aSecretThatHoldsAnotherCertificateIsRestoredAndTheEventHoldsNoneOfIt() {
        Kept kept = identities.kept("stolen");
        String foreign = Base64.getEncoder().encodeToString("somebody else's certificate".getBytes());

        identities.patch(kept.object("Secret"), "meddler", "{\"data\":{\"tls.crt\":\"" + foreign + "\"}}");

        identities.awaitEvent(kept, "restored");
        identities.awaitObjects(kept, ObservedObject.State.AS_APPROVED);
        assertThat(fixtures.resource(kept.object("Secret"))
                        .get()
                        .getAdditionalProperties()
                        .toString())
                .doesNotContain(foreign);
        assertThat(identities.events(kept, "restored").toString())
                .doesNotContain(foreign)
                .doesNotContain("somebody");
    }

    @Test
    void ourLabelIsPutBackWhoeverTookItAway() {
        Kept kept = identities.kept("unlabelled");
        for (String kind : List.of("Secret", "HTTPRoute", "AuthorizationPolicy")) {
            identities.patch(
                    kept.object(kind),
                    "meddler",
                    "{\"metadata\":{\"labels\":{\"app.kubernetes.io/managed-by\":null}}}");

            Awaitility.await(kind)
                    .until(() -> "waypass"
                            .equals(fixtures.resource(kept.object(kind))
                                    .get()
                                    .getMetadata()
                                    .getLabels()
                                    .get("app.kubernetes.io/managed-by")));
        }
    }

    @Test
    void aChangeInsideAListThatHasOneOwnerIsFoundAlthoughTheApprovedFieldsHaveTheirValues() {
        Kept kept = identities.kept("nested");
        GenericKubernetesResource route =
                fixtures.resource(kept.object("HTTPRoute")).get();
        String rules = new ObjectMapper()
                .valueToTree(route.getAdditionalProperties())
                .at("/spec/rules")
                .toString()
                .replaceFirst("\"headers\"", "\"method\":\"GET\",\"headers\"");

        identities.patch(kept.object("HTTPRoute"), "meddler", "{\"spec\":{\"rules\":" + rules + "}}");

        identities.awaitEvent(kept, "restored");
        Awaitility.await()
                .until(() -> !fixtures.resource(kept.object("HTTPRoute"))
                        .get()
                        .getAdditionalProperties()
                        .toString()
                        .contains("method=GET"));
    }

    @Test
    void whatOthersAddBesideOurFieldsIsLeftAlone() {
        Kept kept = identities.kept("beside");
        PlanObject rule = kept.object("DestinationRule");

        identities.patch(
                rule,
                "mesh-team",
                "{\"metadata\":{\"annotations\":{\"mesh-team/owner\":\"them\"}},\"spec\":{\"trafficPolicy\":{\"connectionPool\":{\"tcp\":{\"maxConnections\":5}}}}}");

        String version = fixtures.resource(rule).get().getMetadata().getResourceVersion();
        identities.awaitSeen(kept, rule, version);
        assertThat(fixtures.resource(rule).get().getMetadata().getResourceVersion())
                .isEqualTo(version);
        assertThat(identities.events(kept, "restored")).isEmpty();
        assertThat(identities.condition(kept, Condition.Type.IN_SYNC).status()).isEqualTo(Condition.Status.TRUE);
    }

    @Test
    void theDoorThatIsClosedToWhoHasNoIdentityIsClosedAgainWhenSomebodyOpensIt() {
        Kept kept = identities.kept("door");
        PlanObject deny = kept.plan().objects().get(1);
        assertThat(deny.name()).isEqualTo("nginx-deny-without-identity");

        fixtures.resource(deny).delete();
        Awaitility.await().until(() -> fixtures.resource(deny).get() != null);

        identities.patch(deny, "meddler", "{\"spec\":{\"action\":\"AUDIT\"}}");
        Awaitility.await()
                .until(() -> fixtures.resource(deny)
                        .get()
                        .getAdditionalProperties()
                        .get("spec")
                        .toString()
                        .contains("action=ALLOW"));
    }

    @Test
    void conditionsFollowWhatTheMeshReportsAndAreUnknownWhereNobodyDid() {
        Kept kept = identities.kept("followed");
        assertThat(identities.condition(kept, Condition.Type.ROUTE_ACCEPTED).status())
                .isEqualTo(Condition.Status.UNKNOWN);

        identities.reportRoute(kept, "True", "Accepted", 1);
        identities.awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.TRUE, "Accepted");
        Instant since =
                identities.condition(kept, Condition.Type.ROUTE_ACCEPTED).lastTransitionAt();

        identities.reportRoute(kept, "False", "NotAllowedByListeners", 1);
        identities.awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.FALSE, "NotAllowedByListeners");
        assertThat(identities.condition(kept, Condition.Type.ROUTE_ACCEPTED).lastTransitionAt())
                .isAfter(since);

        // the report is about generation 1; the object is generation 3 once it was changed and restored
        identities.patch(kept.object("HTTPRoute"), "meddler", "{\"spec\":{\"hostnames\":[\"elsewhere.test\"]}}");
        identities.awaitCondition(kept, Condition.Type.ROUTE_ACCEPTED, Condition.Status.UNKNOWN, "NotReported");
    }

    @Test
    void whatTheSharedServiceEntrySaysIsSaidOfEveryIdentityThatGoesThroughIt() {
        Kept one = identities.kept("bound1");
        Kept other = identities.kept("bound2");

        identities.reportBound("True", "WaypointAccepted");
        identities.awaitCondition(one, Condition.Type.WAYPOINT_BOUND, Condition.Status.TRUE, "WaypointAccepted");
        identities.awaitCondition(other, Condition.Type.WAYPOINT_BOUND, Condition.Status.TRUE, "WaypointAccepted");

        identities.reportBound("False", "AttachmentDenied");
        identities.awaitCondition(one, Condition.Type.WAYPOINT_BOUND, Condition.Status.FALSE, "AttachmentDenied");
        identities.awaitCondition(other, Condition.Type.WAYPOINT_BOUND, Condition.Status.FALSE, "AttachmentDenied");
    }

    @Test
    void whereTheClusterIsSetToReportOnlyDriftIsToldAndLeftAndOnceItIsNotItIsRestored() {
        Kept kept = identities.kept("reported");
        PlanObject rule = kept.object("DestinationRule");
        fixtures.clusters.changeDrift(Fixtures.ADMIN, "sandbox", DriftPolicy.REPORT_ONLY);
        try {
            identities.awaitIdle(kept);
            identities.patch(rule, "meddler", "{\"spec\":{\"host\":\"elsewhere.test\"}}");
            fixtures.resource(kept.object("AuthorizationPolicy")).delete();

            identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ReportedOnly");
            // one after the other, as they are noticed
            Awaitility.await()
                    .untilAsserted(() -> assertThat(identities
                                    .condition(kept, Condition.Type.IN_SYNC)
                                    .message())
                            .contains(
                                    "meddler changed the DestinationRule team-namespace/reported-nginx-mesh-external-dr (spec.host).")
                            .contains("Somebody deleted the AuthorizationPolicy"));
            assertThat(identities.events(kept, "reported")).hasSize(2);
            assertThat(identities.events(kept, "restored")).isEmpty();
            assertThat(identities.host(rule)).isEqualTo("elsewhere.test");
            assertThat(identities.condition(kept, Condition.Type.APPLIED).status())
                    .isEqualTo(Condition.Status.FALSE);
        } finally {
            fixtures.clusters.changeDrift(Fixtures.ADMIN, "sandbox", DriftPolicy.RESTORE);
        }
        identities.awaitHost(kept, "reported.team-namespace.my-nginx.foo.bar.invalid");
        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void aFightIsNoticedAfterAFewRoundsBackedOffAndShown() {
        Kept kept = identities.kept("fought");
        PlanObject rule = kept.object("DestinationRule");
        int[] rounds = {0};
        // a controller that wants its own value whenever it sees another
        Runnable otherController = () -> {
            if (!identities.host(rule).equals("theirs.test")) {
                rounds[0]++;
                identities.patch(rule, "other-controller", "{\"spec\":{\"host\":\"theirs.test\"}}");
            }
        };
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
            otherController.run();
            return identities.condition(kept, Condition.Type.IN_SYNC).reason().equals("Contested");
        });

        assertThat(rounds[0]).isBetween(5, 7);
        assertThat(identities.condition(kept, Condition.Type.IN_SYNC).message())
                .contains("other-controller changed the DestinationRule")
                .contains("tried again at");
        assertThat(identities.awaitEvent(kept, "contested")).containsEntry("manager", "other-controller");
        assertThat(identities.events(kept, "restored"))
                .as("the same fight is one event that counts")
                .singleElement()
                .satisfies(event ->
                        assertThat(((Number) event.get("count")).intValue()).isEqualTo(5));

        // what others do meanwhile to other objects is restored at once, but no door is opened to what is not as
        // approved
        fixtures.resource(kept.object("ServiceEntry")).delete();
        fixtures.resource(kept.object("AuthorizationPolicy")).delete();
        Awaitility.await("the ServiceEntry is back, the AuthorizationPolicy is not")
                .until(() -> {
                    // it fights on for as long as this takes
                    otherController.run();
                    return fixtures.resource(kept.object("ServiceEntry")).get() != null
                            && identities
                                    .condition(kept, Condition.Type.IN_SYNC)
                                    .message()
                                    .contains(
                                            "AuthorizationPolicy istio-egress/team-namespace.fought-nginx-allow is not restored before")
                            && fixtures.resource(kept.object("AuthorizationPolicy"))
                                            .get()
                                    == null
                            && identities.host(rule).equals("theirs.test");
                });
        // once they give up, it comes right by itself
        Awaitility.await().until(() -> !identities.host(rule).equals("theirs.test"));
        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
    }

    @Test
    void anObjectOfSomebodyElseInThePlaceOfOursIsNotTakenOver() {
        Kept kept = identities.kept("squatted");
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
            fixtures.resource(rule).delete();
            try {
                fixtures.cluster.resource(foreign).create();
                return true;
            } catch (io.fabric8.kubernetes.client.KubernetesClientException taken) {
                return false;
            }
        });

        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ForeignObject");
        assertThat(identities.condition(kept, Condition.Type.IN_SYNC).message())
                .contains("an object that Waypass did not write");
        assertThat(identities.host(rule)).isEqualTo("squatter.test");

        fixtures.resource(rule).delete();
        identities.awaitHost(kept, "squatted.team-namespace.my-nginx.foo.bar.invalid");
    }

    @Test
    void settingsThatTakeThePlaceOfTheApprovedTlsAreToldAndTheAppIsRefusedAsLongAsTheyAreThere() {
        Kept kept = identities.kept("undermined");
        PlanObject rule = kept.object("DestinationRule");

        identities.patch(
                rule,
                "meddler",
                "{\"spec\":{\"trafficPolicy\":{\"portLevelSettings\":[{\"port\":{\"number\":443},\"tls\":{\"mode\":\"DISABLE\"}}]}}}");

        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "ForeignObject");
        assertThat(identities.condition(kept, Condition.Type.IN_SYNC).message())
                .contains("spec.trafficPolicy.portLevelSettings");
        assertThat((String) identities.awaitEvent(kept, "closed").get("detail"))
                .contains("was taken away, so that the app is refused");
        assertThat(fixtures.resource(kept.object("AuthorizationPolicy")).get()).isNull();

        identities.patch(rule, "meddler", "{\"spec\":{\"trafficPolicy\":{\"portLevelSettings\":null}}}");
        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.TRUE, "AsApproved");
        assertThat(fixtures.resource(kept.object("AuthorizationPolicy")).get()).isNotNull();
    }

    @Test
    void nothingIsMadeInANamespaceThatIsYoungerThanWhatWasAppliedThere() {
        Kept kept = identities.kept("evicted");
        // no controller finishes a namespace's deletion here: instead of the namespace getting younger, what was
        // applied gets older
        fixtures.owner
                .sql(
                        "update attempt set finished_at = now() - interval '1 day' where request_id = (select id from request where public_id = :id)")
                .param("id", kept.request())
                .update();
        identities.awaitIdle(kept);

        fixtures.resource(kept.object("Secret")).delete();

        identities.awaitCondition(kept, Condition.Type.IN_SYNC, Condition.Status.FALSE, "NamespaceChanged");
        assertThat(identities.condition(kept, Condition.Type.IN_SYNC).message()).contains("may be somebody else's now");
        assertThat(fixtures.resource(kept.object("Secret")).get()).isNull();
    }

    @Test
    @LongForm
    void everyOneOfManyChangesByAnotherManagerIsRestored() {
        int changes = Form.size("waypass.keeping.changes", 40, 200);
        List<Kept> all = IntStream.range(0, changes / 2)
                .mapToObj(i -> identities.submitted("mut" + i))
                .toList();
        all = all.stream().map(identities::approved).toList();
        all.forEach(kept -> fixtures.await(kept.request(), RequestStatus.APPLIED));
        Random random = new Random(20_261_125L);
        List<String> kinds = List.of("Secret", "DestinationRule", "ServiceEntry", "HTTPRoute", "AuthorizationPolicy");
        List<Duration> times = new ArrayList<>();
        Map<String, Integer> done = new HashMap<>();
        for (int i = 0; i < changes; i++) {
            Kept kept = all.get(random.nextInt(all.size()));
            PlanObject object = kept.object(kinds.get(random.nextInt(kinds.size())));
            String mutation = identities.mutate(object, random);
            done.merge(mutation, 1, Integer::sum);
            long begin = System.nanoTime();
            Awaitility.await(mutation + " of " + object.name())
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> identities.unmeddled(object));
            times.add(Duration.ofNanos(System.nanoTime() - begin));
        }
        List<Duration> sorted = times.stream().sorted().toList();
        System.out.printf(
                "Drift: %1$d of %1$d changes over %2$d identities restored %3$s; median %4$d ms, 95 %% %5$d ms, slowest %6$d ms%n",
                changes,
                all.size(),
                done,
                sorted.get(changes / 2).toMillis(),
                sorted.get(changes * 95 / 100).toMillis(),
                sorted.getLast().toMillis());
        for (Kept kept : all) {
            identities.awaitObjects(kept, ObservedObject.State.AS_APPROVED);
        }
    }
}
