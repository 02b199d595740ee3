package io.waypass.applier.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import io.waypass.applier.SampleIdentity;
import io.waypass.applier.cluster.ApiServerAway;
import io.waypass.applier.cluster.ObjectKey;
import io.waypass.manifests.Manifest;
import io.waypass.manifests.ObjectKind;
import io.waypass.plan.PlanObject.Action;
import io.waypass.reconcile.ReconcileStore.Goal;
import io.waypass.resource.Condition.Status;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When an identity's own policy is deleted and restored: while drift is restored, and while an approved change is applied. */
class DoorTests {

    private static final String LABEL = "metadata.labels.touched";

    private final Scenario scenario = new Scenario().applied();

    @Test
    void theDoorClosesWhileWhatItReliesOnIsSomebodyElses() {
        scenario.stranger(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.HTTP_ROUTE))).isTrue();
        assertThat(scenario.store.recorded()).containsExactly("closed AuthorizationPolicy");
    }

    @Test
    void theDoorOpensAgainOnceEverythingIsAsApproved() {
        scenario.stranger(rule());
        scenario.reconcile();
        scenario.cluster.delete(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertInSync();
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"SECRET", "DESTINATION_RULE", "SERVICE_ENTRY"})
    void theDoorClosesInTheRunInWhichAMissingObjectCouldNotBeRestored(ObjectKind kind) {
        scenario.cluster.delete(scenario.own(kind));
        scenario.cluster.silenceWebhook(scenario.own(kind));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.calls()).containsExactly("vain " + scenario.own(kind), "remove " + policy());
        assertThat(scenario.store.recorded())
                .containsExactly("not-restored " + kind.kind(), "closed AuthorizationPolicy");
        assertThat(scenario.store.changes.getFirst().detail())
                .startsWith("Somebody deleted the " + scenario.own(kind) + ". The API server could not write the "
                        + scenario.own(kind)
                        + ", because the admission webhook “rev.validation.istio.io” gave no usable"
                        + " answer: “connect: connection refused”.");
        assertOutOfSync("NotRestored");
    }

    @Test
    void theDoorClosesAsWellIfTheWriteIsNotFinished() {
        scenario.cluster.delete(rule());
        scenario.cluster.neverFinish(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
        assertOutOfSync("NotRestored");
        assertThat(scenario.inSync().message())
                .startsWith("The API server answers, but did not finish the write of the " + rule());
    }

    @Test
    void theDoorClosesIfAnObjectWasWeakenedAndItsWebhookDoesNotAnswer() {
        scenario.cluster.change(rule(), "spec.trafficPolicy.tls.mode", new TextNode("SIMPLE"), "kubectl");
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
    }

    @Test
    void theDoorOpensLastOnceTheWebhookAnswersAgain() {
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        scenario.cluster.calls();
        scenario.closed.add(policy().place());
        scenario.cluster.allowAll();

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule(), "force " + policy());
        assertThat(scenario.store.recorded()).containsExactly("restored DestinationRule", "opened AuthorizationPolicy");
        assertInSync();
    }

    @Test
    void aClosedDoorThatCannotBeOpenedStaysClosedAndIsReportedAsSuch() {
        scenario.cluster.delete(policy());
        scenario.closed.add(policy().place());
        scenario.cluster.silenceWebhook(policy());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.store.recorded()).containsExactly("not-restored AuthorizationPolicy");
        assertThat(scenario.store.changes.getFirst().detail())
                .startsWith("The " + policy() + " was taken away to refuse the app. The API server could not write");
    }

    @Test
    void theDoorClosesBeforeTheRepairIfSeveralObjectsHaveToBeRestored() {
        scenario.cluster.delete(rule());
        scenario.cluster.delete(scenario.own(ObjectKind.SERVICE_ENTRY));

        scenario.reconcile();

        assertThat(scenario.cluster.calls())
                .containsExactly(
                        "remove " + policy(),
                        "force " + rule(),
                        "force " + scenario.own(ObjectKind.SERVICE_ENTRY),
                        "force " + policy());
        assertThat(scenario.store.recorded())
                .containsExactly(
                        "closed AuthorizationPolicy",
                        "restored DestinationRule",
                        "restored ServiceEntry",
                        "opened AuthorizationPolicy");
        assertInSync();
    }

    @Test
    void theDoorStaysOpenWhileOneWriteRepairsEverything() {
        scenario.cluster.delete(rule());
        scenario.cluster.change(scenario.own(ObjectKind.SECRET), LABEL, new TextNode("x"), "kubectl");

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).containsExactly("force " + rule());
    }

    @Test
    void thePolicyStaysWhileTheOneThatRefusesAppsWithoutAnIdentityIsGone() {
        scenario.cluster.delete(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.silenceWebhook(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isTrue();
        assertThat(scenario.inSync().message()).contains("a destination without any policy lets every app through");
    }

    @Test
    void thePolicyStaysWhileTheOneThatRefusesAppsWithoutAnIdentityIsChanged() {
        scenario.cluster.change(
                scenario.shared(ObjectKind.AUTHORIZATION_POLICY), "spec.action", new TextNode("AUDIT"), "kubectl");
        scenario.cluster.silenceWebhook(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(policy())).isTrue();
        assertThat(scenario.inSync().message()).contains("a destination without any policy lets every app through");
    }

    @Test
    void aDoorThatAFinalizerHoldsIsNotSaidToBeClosed() {
        scenario.cluster.hold(policy(), "example.com/hold");
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);
        assertThat(scenario.store.changes.getLast().detail()).contains("is held by example.com/hold");
        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.store.recorded()).doesNotContain("closed AuthorizationPolicy");
        assertThat(scenario.inSync().message())
                .contains("is held by example.com/hold. Until it is gone the app is let through");
    }

    @Test
    void thePolicyThatRefusesIsRestoredBeforeTheDoorCloses() {
        scenario.cluster.delete(scenario.shared(ObjectKind.AUTHORIZATION_POLICY));
        scenario.cluster.delete(rule());
        scenario.cluster.silenceWebhook(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.calls())
                .containsExactly(
                        "force " + scenario.shared(ObjectKind.AUTHORIZATION_POLICY),
                        "vain " + rule(),
                        "remove " + policy());
    }

    @Test
    void theDoorClosesIfTheApiServerGoesAwayBeforeAnObjectIsRestoredAndNothingIsReportedInSync() {
        scenario.cluster.delete(rule());
        scenario.cluster.goAway(rule());

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApiServerAway.class);

        assertThat(scenario.cluster.has(policy())).isFalse();
        assertThat(scenario.store.outcomes.getFirst()).isEqualTo("observed");
        assertOutOfSync("NotRestored");
        assertThat(scenario.inSync().message())
                .startsWith("Somebody deleted the " + rule() + ". The API server does not answer (it answered 500)");
        assertThat(scenario.store.recorded()).containsExactly("closed AuthorizationPolicy");
    }

    @Test
    void aCatchAllRuleThatCannotBeRestoredIsReportedAndClosesNoDoor() {
        ObjectKey catchAll = scenario.shared(ObjectKind.DESTINATION_RULE);
        scenario.cluster.delete(catchAll);
        scenario.cluster.refuseWriting(catchAll, "denied by a webhook");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertOutOfSync("NotRestored");
    }

    @Test
    void aStrangerInPlaceOfTheRouteDoesNotCloseTheDoor() {
        scenario.stranger(scenario.own(ObjectKind.HTTP_ROUTE));

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void theDoorIsNotClosedWhereDriftIsOnlyReported() {
        scenario.reportOnly = true;
        scenario.stranger(rule());

        scenario.reconcile();

        assertThat(scenario.cluster.calls()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = ObjectKind.class,
            names = {"HTTP_ROUTE", "AUTHORIZATION_POLICY"})
    void noDoorOpensBeforeEverythingThatItReliesOnIsAsApproved(ObjectKind door) {
        scenario.cluster.delete(rule());
        scenario.cluster.delete(scenario.own(door));
        scenario.cluster.refuseWriting(rule(), "denied");

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(door))).isFalse();
        assertThat(scenario.inSync().message())
                .contains("The " + scenario.own(door)
                        + " is not restored before everything that it relies on is as approved.");
    }

    @Test
    void aFightOverALabelDoesNotCloseTheDoor() {
        scenario.cluster.change(rule(), "metadata.annotations.x", new TextNode("y"), "kubectl");
        scenario.cluster.change(rule(), "metadata.labels", JsonNodeFactory.instance.objectNode(), "kubectl");
        scenario.contest(rule(), 6, Duration.ofSeconds(5));

        scenario.reconcile();

        assertThat(scenario.store.recorded()).containsExactly("contested DestinationRule");
        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
    }

    @Test
    void theDoorClosesIfAChangeFailsWhileAnObjectThatCallsRelyOnIsGone() {
        changing();
        scenario.cluster.delete(scenario.own(ObjectKind.DESTINATION_RULE));
        scenario.cluster.silenceWebhook(scenario.own(ObjectKind.DESTINATION_RULE));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isFalse();
        assertThat(scenario.store.recorded()).containsExactly("closed AuthorizationPolicy");
    }

    @Test
    void aChangeThatIsAppliedAfterAllOpensTheDoorAgain() {
        changing();
        ObjectKey policy = scenario.own(ObjectKind.AUTHORIZATION_POLICY);
        scenario.cluster.delete(policy);
        scenario.closed.add(policy.place());

        scenario.reconcile();

        assertThat(scenario.store.outcomes).containsExactly("applied");
        assertThat(scenario.store.recorded()).containsExactly("opened AuthorizationPolicy");
    }

    @Test
    void theDoorStaysOpenIfAChangeFailsAndEveryObjectIsAsThePlanBeforeApprovedIt() {
        changing();
        scenario.cluster.report(
                scenario.own(ObjectKind.DESTINATION_RULE),
                object -> object.withObjectProperty("spec").put("host", "before"));
        scenario.applied = scenario.applied.stream()
                .map(object -> object.kind().equals("DestinationRule")
                        ? SampleIdentity.planned(
                                Manifest.of(
                                        object.manifest().replaceFirst("\"host\":\"[^\"]*\"", "\"host\":\"before\"")),
                                Action.CREATE)
                        : object)
                .toList();
        scenario.cluster.silenceWebhook(scenario.own(ObjectKind.DESTINATION_RULE));

        assertThatThrownBy(scenario::reconcile).isInstanceOf(ApplyFailed.class);

        assertThat(scenario.cluster.has(scenario.own(ObjectKind.AUTHORIZATION_POLICY)))
                .isTrue();
        assertThat(scenario.store.changes).isEmpty();
    }

    private void changing() {
        scenario.goal = Goal.CHANGE;
        scenario.applied = scenario.wanted.stream()
                .map(manifest -> SampleIdentity.planned(manifest, Action.CREATE))
                .toList();
    }

    private ObjectKey policy() {
        return scenario.own(ObjectKind.AUTHORIZATION_POLICY);
    }

    private ObjectKey rule() {
        return scenario.own(ObjectKind.DESTINATION_RULE);
    }

    private void assertInSync() {
        assertThat(scenario.inSync().status()).as(scenario.inSync().message()).isEqualTo(Status.TRUE);
    }

    private void assertOutOfSync(String reason) {
        assertThat(scenario.inSync().status()).isEqualTo(Status.FALSE);
        assertThat(scenario.inSync().reason()).isEqualTo(reason);
    }
}
