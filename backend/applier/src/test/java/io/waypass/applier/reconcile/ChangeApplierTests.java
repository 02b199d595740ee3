package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.TextNode;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.destination.Destinations;
import io.waypass.gateway.Placement;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.Condition.Status;
import io.waypass.resource.Condition.Type;
import io.waypass.sealing.SealingKeyset;
import io.waypass.task.Fence;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChangeApplierTests {

    private static final ObjectKey CATALOGUE =
            ObjectKey.of(ObjectKind.CONFIG_MAP, "waypass-system", "waypass-guard-rails");

    private final Scenario scenario = new Scenario();

    @Test
    void theCertificateComesFirstAndThePolicyThatOpensTheDoorLast() {
        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.calls())
                .extracting(call -> call.split(" ")[1])
                .containsExactly(
                        "DestinationRule",
                        "AuthorizationPolicy",
                        "Secret",
                        "DestinationRule",
                        "ServiceEntry",
                        "HTTPRoute",
                        "AuthorizationPolicy");
    }

    @Test
    void aWaypointMayReadItsSecretsBeforeTheyAreThere() {
        Scenario beside = new Scenario(Placement.GATEWAY_NAMESPACE);

        beside.reconcile();

        assertThat(beside.cluster.calls())
                .extracting(call -> call.split(" ")[1])
                .startsWith("Role", "RoleBinding", "DestinationRule", "AuthorizationPolicy", "Secret");
    }

    @Test
    void whatIsAppliedIsReadBackAsApproved() {
        Duration next = scenario.reconcile();

        assertThat(scenario.store.condition(Type.IN_SYNC).orElseThrow().status())
                .isEqualTo(Status.TRUE);
        assertThat(next).as("until the certificate ends").isGreaterThan(Duration.ofDays(364));
    }

    @Test
    void aSecondRunWritesNothing() {
        scenario.reconcile();
        scenario.forget();

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes).containsExactly("applied");
    }

    @Test
    void manifestsThatDoNotHashToTheApprovedDigestAreNotApplied() {
        scenario.digest = Optional.of("sha256:" + "0".repeat(64));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes)
                .containsExactly("replan: The stored manifests are not those that were approved. Nothing was applied.");
    }

    @Test
    void aRequestThatCannotGoBackToPlanningFails() {
        scenario.basisHolds = false;
        scenario.store.replans = false;

        assertThatThrownBy(scenario::reconcile)
                .isInstanceOf(ApplyFailed.class)
                .hasMessageContaining("has changed since the approval");
    }

    @Test
    void aChangedCatalogueSendsTheRequestBackToPlanning() {
        scenario.basisHolds = false;

        scenario.reconcile();

        assertReplanned("The catalogue, who owns the namespace, or Waypass itself has changed since the approval.");
    }

    @Test
    void aServiceAccountThatMayNotBeReadFailsTheRequestInTheApiServersWords() {
        scenario.cluster.refuseReading(
                ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, "team-namespace", "app1"), "may not read");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class).hasMessageContaining("may not read");

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes).containsExactly("failed: The API server refused: “may not read”.");
    }

    @Test
    void aServiceAccountThatIsGoneSendsTheRequestBackToPlanning() {
        scenario.cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, SampleIdentity.NAMESPACE, "app1"));

        scenario.reconcile();

        assertReplanned("The service account app1 is no longer in team-namespace.");
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SECRET", "DESTINATION_RULE", "SERVICE_ENTRY", "HTTP_ROUTE", "AUTHORIZATION_POLICY"})
    void nothingOfSomebodyElseIsTakenOver(ObjectKind kind) {
        scenario.stranger(scenario.own(kind));

        scenario.reconcile();

        assertReplanned("There is an object in the place of the " + scenario.own(kind)
                + " now that this identity does not own; somebody wrote it.");
    }

    @Test
    void aRivalClaimOnTheHostSinceTheApprovalSendsTheRequestBackToPlanning() {
        scenario.relied.put("host/my-nginx.foo.bar", "absent");
        scenario.cluster.put("somebody", """
                {"apiVersion": "networking.istio.io/v1", "kind": "ServiceEntry", "metadata": {"namespace": "rival", "name": "se"},
                 "spec": {"hosts": ["my-nginx.foo.bar"]}}
                """);

        scenario.reconcile();

        assertReplanned("The ServiceEntries that claim my-nginx.foo.bar have changed.");
    }

    @Test
    void aStatusThatComesAndGoesIsNoReasonToPlanAgain() {
        scenario.relied.put("Gateway/istio-egress/egress-waypoint", "Gateway istio-egress/egress-waypoint: True");

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
    }

    @Test
    void whatWasSeenWhenItWasPlannedAndCannotBeSeenNowKeepsTheRequestWaiting() {
        scenario.relied.put("host/my-nginx.foo.bar", "absent");
        scenario.cluster.refuseWatching("ServiceEntry", "may not");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApiServerAway.class);

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes)
                .singleElement()
                .asString()
                .startsWith("waits: ")
                .contains("may not");
    }

    @Test
    void aPlaceThatCannotBeReadFailsTheRequest() {
        scenario.cluster.refuseReading(scenario.own(ObjectKind.HTTP_ROUTE), "no right");

        assertFails("The API server refused: “no right”.");
        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @Test
    void aRefusedWriteFailsTheRequestAndWhatWasWrittenBeforeStays() {
        scenario.cluster.refuseWriting(scenario.own(ObjectKind.SERVICE_ENTRY), "denied by a webhook");

        assertFails("The API server refused: “denied by a webhook”.");
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SECRET))).isTrue();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.HTTP_ROUTE))).isFalse();
    }

    @Test
    void nothingIsWrittenThatReliesOnAnObjectThatIsBeingDeleted() {
        scenario.applied();
        scenario.goal = Goal.CHANGE;
        scenario.cluster.terminate(scenario.own(ObjectKind.DESTINATION_RULE), "example.com/hold");
        scenario.cluster.delete(scenario.own(ObjectKind.HTTP_ROUTE));

        assertFails(
                "The " + scenario.own(ObjectKind.DESTINATION_RULE)
                        + " is being deleted, and held by example.com/hold. Nothing that relies on it is written before it is gone.");
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.HTTP_ROUTE))).isFalse();
    }

    @Test
    void anExpiredCertificateIsNotApplied() {
        scenario.now = SampleIdentity.NOW.plus(Duration.ofDays(366));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @Test
    void anotherCertificateThanTheApprovedIsNotApplied() {
        scenario.credential = Optional.of(SampleIdentity.credential(
                SampleIdentity.KEYSET,
                SampleIdentity.NOW.minus(Duration.ofHours(1)),
                SampleIdentity.NOW.plus(Duration.ofDays(10))));

        assertFails("The stored certificate or CA is not the one that was approved. Nothing was applied.");
        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @Test
    void aKeyThatDoesNotOpenFailsTheRequestBeforeAnythingIsWritten() {
        scenario.keyset = SealingKeyset.generate();

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class).hasMessageContaining("does not open");
        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @Test
    void aKeyThatAnotherApplierHasKeepsTheRequestWaiting() {
        scenario.missingKey = Optional.of("the key is not in this file");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(KeysetBehind.class);

        assertThat(scenario.store.outcomes).containsExactly("waits: the key is not in this file");
    }

    @Test
    void anObjectThatIsGoneWhenReadBackFailsTheRequest() {
        ObjectKey route = scenario.own(ObjectKind.HTTP_ROUTE);
        ObjectKey policy = scenario.own(ObjectKind.AUTHORIZATION_POLICY);
        scenario.cluster.beforeRead(() -> {
            if (scenario.cluster.has(policy)) {
                scenario.cluster.delete(route);
            }
        });

        assertFails("Written, but gone again when read back: " + route + ".");
    }

    @Test
    void aFieldThatSomebodyElseOwnsIsNotTaken() {
        scenario.applied();
        scenario.goal = Goal.CHANGE;
        scenario.cluster.change(
                scenario.own(ObjectKind.DESTINATION_RULE), "spec.host", new TextNode("elsewhere"), "kubectl");

        assertFails("The API server refused: “Apply failed with conflicts”.");
    }

    @Test
    void aFieldThatWasApprovedBeforeIsReverted() {
        scenario.applied();
        scenario.goal = Goal.CHANGE;
        scenario.applied = scenario.wanted.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
        scenario.cluster.change(
                scenario.own(ObjectKind.DESTINATION_RULE), "spec.host", new TextNode("elsewhere"), "kubectl");

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.calls()).containsExactly("force " + scenario.own(ObjectKind.DESTINATION_RULE));
    }

    @Test
    void aWebhookThatDoesNotAnswerFailsTheRequestAndTheReasonNamesIt() {
        scenario.cluster.silenceWebhook(scenario.own(ObjectKind.DESTINATION_RULE));

        assertThatThrownBy(scenario::reconcile)
                .isInstanceOf(ApplyFailed.class)
                .hasMessageStartingWith("The API server could not write the "
                        + scenario.own(ObjectKind.DESTINATION_RULE)
                        + ", because the admission webhook “rev.validation.istio.io” gave no usable answer");

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.store.condition(Type.IN_SYNC).orElseThrow()).satisfies(condition -> {
            assertThat(condition.status()).isEqualTo(Status.FALSE);
            assertThat(condition.reason()).isEqualTo("NotApplied");
        });
    }

    @Test
    void aRetirementNeedsNoWebhookThatIsAskedAboutWritesOnly() {
        scenario.applied().retiring();
        Stream.concat(scenario.unwanted.stream(), scenario.wanted.stream())
                .map(ObjectKey::of)
                .forEach(scenario.cluster::silenceWebhook);

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
    }

    @Test
    void anApplierThatWasOvertakenWritesNothing() {
        scenario.store.overtaken = true;

        assertThatThrownBy(scenario::reconcile).isInstanceOf(Fence.Overtaken.class);

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.store.outcomes).isEmpty();
    }

    @Test
    void sharedObjectsOfADestinationThatLeftTheCatalogueAreNotWritten() {
        scenario.destinationKept = false;

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.shared(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void aRetirementRemovesTheWayInFirstAndTheCertificateLast() {
        scenario.applied().retiring();

        Duration next = scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.calls())
                .extracting(call -> call.split(" ")[0] + " " + call.split(" ")[1])
                .containsExactly(
                        "remove AuthorizationPolicy",
                        "remove HTTPRoute",
                        "remove ServiceEntry",
                        "remove DestinationRule",
                        "remove Secret");
        assertThat(next).isEqualTo(Reconciliation.NEVER);
    }

    @Test
    void aRetirementLeavesWhatIsShared() {
        scenario.applied().retiring();

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.shared(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void aRetirementNeedsNothingOfWhatAnAppNeedsThatComes() {
        scenario.applied().retiring();
        scenario.basisHolds = false;
        scenario.cluster.delete(ObjectKey.of(ObjectKind.SERVICE_ACCOUNT, SampleIdentity.NAMESPACE, "app1"));

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
    }

    @Test
    void aRetirementStopsAtAnObjectThatAFinalizerHolds() {
        scenario.applied().retiring();
        scenario.cluster.hold(scenario.own(ObjectKind.HTTP_ROUTE), "example.com/hold");

        assertFails(scenario.own(ObjectKind.HTTP_ROUTE)
                + " is deleted but held by example.com/hold. What it relies on stays until it is gone.");

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SERVICE_ENTRY))).isTrue();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.SECRET))).isTrue();
    }

    @Test
    void aRetirementRemovesNothingOfSomebodyElse() {
        scenario.applied().retiring();
        ObjectKey secret = scenario.own(ObjectKind.SECRET);
        scenario.cluster.delete(secret);
        scenario.stranger(secret);

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.cluster.has(secret)).isTrue();
    }

    @Test
    void theGuardRailsKnowTheHostBeforeAnObjectIsWritten() {
        catalogue(scenario);

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).first().isEqualTo("force " + CATALOGUE);
        assertThat(scenario.cluster
                        .get(CATALOGUE)
                        .orElseThrow()
                        .at("/data/my-nginx.foo.bar")
                        .asText())
                .isEqualTo("nginx");
    }

    @Test
    void nothingIsWrittenThatTheGuardRailsCouldNotProtect() {
        catalogue(scenario);
        scenario.cluster.refuseWriting(CATALOGUE, "ConfigMap waypass-system/waypass-guard-rails: may not");

        assertThatThrownBy(scenario::reconcile)
                .isInstanceOf(ApplyFailed.class)
                .hasMessage("The API server refused: “ConfigMap waypass-system/waypass-guard-rails: may not”.");

        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @Test
    void aRetirementDoesNotWaitForTheGuardRails() {
        scenario.applied().retiring();
        catalogue(scenario);
        scenario.cluster.refuseReading(CATALOGUE, "may not");

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
    }

    private void assertReplanned(String reason) {
        assertThat(scenario.store.outcomes).containsExactly("replan: " + reason + " Nothing was applied.");
        assertThat(scenario.cluster.calls()).isEmpty();
    }

    private void assertFails(String message) {
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class).hasMessage(message);
        assertThat(scenario.store.outcomes).isEqualTo(List.of("failed: " + message));
    }

    private static void catalogue(Scenario scenario) {
        scenario.catalogue =
                List.of(new Destinations.Entry(scenario.spec.destination(), scenario.spec.gateway(), "sandbox"));
        scenario.catalogued = Optional.of(CATALOGUE);
    }
}
